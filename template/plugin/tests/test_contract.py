"""The plugin keeps the contract of torch-scaffold, for each of its choices."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_plugin_keeps_the_contract() -> None:
    command = [sys.executable, "-m", "scaffold", "plugin", "check", str(ROOT), "--json"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout, done.stderr
    assert json.loads(done.stdout)["findings"] == []
