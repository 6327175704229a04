"""Run by torchrun: epochs of the generated engine and of a bare DDP loop, in turn.

The first process prints the seconds of each as JSON.
"""

import json
import sys
import time
from functools import partial
from pathlib import Path

import torch
import torch.distributed as dist
from torch.nn.functional import binary_cross_entropy_with_logits as criterion
from torch.nn.parallel import DistributedDataParallel

sys.path[:0] = [str(Path(__file__).parents[1]), sys.argv[1]]

import loops
from project import PACKAGE, Project
from table import table
from timing import alternate

ROUNDS = 7


def main() -> None:
    """Train in both ways; `sys.argv` has the folder of the project and the rows."""
    project = Project.__new__(Project)  # it has been written, and is on the path
    work = table(project, int(sys.argv[2]), epochs=1)
    if dist.is_torchelastic_launched():
        dist.init_process_group("gloo")
    torch.set_num_threads(1)
    times = alternate(
        {"generated": partial(generated, work), "bare": partial(bare, work)}, ROUNDS
    )
    if project.tools_of("processes").is_first():
        print(json.dumps(times))
