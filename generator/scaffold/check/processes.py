"""Execute projects: each in a fork of a process that has imported the libraries.

Importing torch takes longer than the tests of most projects. A fork is a process of its
own, so that projects with the same package name share nothing.
"""

import json
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Mapping
from multiprocessing.context import ForkServerContext, SpawnContext
from pathlib import Path
from typing import Any

from scaffold.check.files import Found

LIBRARIES = ["torch._dynamo", "matplotlib.figure", "sklearn.datasets"]
LIBRARIES += ["tqdm", "tyro", "pydantic", "pytest"]
CONTEXT: ForkServerContext | SpawnContext
if "forkserver" in multiprocessing.get_all_start_methods():
    CONTEXT = multiprocessing.get_context("forkserver")
else:
    CONTEXT = multiprocessing.get_context("spawn")
CONTEXT.set_forkserver_preload(LIBRARIES)
LIMIT_S = 900  # for one stage of one project


def run_worker(
    stage: str, folder: Path, package: str, facts: Mapping[str, Any]
) -> list[Found]:
    """Return the findings of a stage of the worker for the project in a folder."""
    with tempfile.TemporaryDirectory(prefix="scaffold-check-") as name:
        scratch = Path(name)
        arguments = (stage, folder.resolve(), package, dict(facts), scratch)
        process = CONTEXT.Process(target=work, args=arguments)
        process.start()
        try:
            process.join(LIMIT_S)
            ended = not process.is_alive()
        finally:
            process.kill()
            process.join()
        return read_findings(scratch, ended)


def read_findings(scratch: Path, ended: bool) -> list[Found]:
    """Return the findings of a process, or how it ended without any."""
    report, log = scratch / "findings.json", scratch / "log"
    if report.exists():
        return [tuple(row) for row in json.loads(report.read_text(encoding="utf-8"))]
    if not ended:
        what = f"the project was still running after {LIMIT_S} seconds"
        return [(what, "this environment", "find the loop that does not end")]
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    reason = lines[-1] if lines else "the process was killed"
    how = "install what the plugin and its projects depend on"
    return [(f"the check stopped: {reason}", "this environment", how)]


def work(
    stage: str, folder: Path, package: str, facts: Mapping[str, Any], scratch: Path
) -> None:
    """Run a stage in this process; output and findings go into the folder `scratch`."""
    log = os.open(scratch / "log", os.O_WRONLY | os.O_CREAT)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    sys.argv = ["pytest"]

    from scaffold.check.worker.stages import run_stage

    findings = run_stage(stage, package, facts)
    (scratch / "findings.json").write_text(json.dumps(findings), encoding="utf-8")
