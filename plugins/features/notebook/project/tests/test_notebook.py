"""The notebook: its cells run from top to bottom, and store no outputs."""

import json
from pathlib import Path

import matplotlib as mpl

from package import checkpoint
from package import config as config_module

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "walkthrough.ipynb"


def test_every_cell_runs(config, tmp_path, monkeypatch):
    mpl.use("agg")
    monkeypatch.chdir(tmp_path)  # so that the folder is restored
    monkeypatch.setattr(checkpoint, "RUNS", tmp_path)
    monkeypatch.setattr(config_module, "Config", lambda: config)
    variables = {}
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), variables)
            assert not cell["outputs"]
    assert variables["same"]
