"""The wheel, installed without the checkout, creates the same projects."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from conftest import NAMES, read_all

ROOT = Path(__file__).parents[1]


def run(*words: str | Path, folder: Path) -> None:
    done = subprocess.run(
        [str(word) for word in words], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from the source distribution, as a release is."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", out, ROOT, folder=out)
    return next(out.glob("*.whl"))


def test_the_wheel_has_templates_and_plugins_and_no_bytecode(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "scaffold/_data/template/copier.yml" in names
    assert "scaffold/_data/CHANGELOG.md" in names
    for task in NAMES:
        assert f"scaffold/_data/plugins/tasks/{task}/plugin.toml" in names
    assert not [name for name in names if name.endswith(".pyc")]


def test_the_installed_wheel_writes_the_same_files(wheel: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "venv", tmp_path / "venv", folder=tmp_path)
    python = tmp_path / "venv" / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", wheel, folder=tmp_path)
    site = next((tmp_path / "venv").glob("lib/*/site-packages/scaffold/_data"))
    assert list(site.rglob("*.pyc")), "pip is known to compile what it installs"
    for task in NAMES:
        for kind, interpreter in (("ours", sys.executable), ("wheel", python)):
            home = tmp_path / kind
            home.mkdir(exist_ok=True)
            words = ("new", task, "--task", task, "--defaults", "--no-git")
            run(interpreter, "-m", "scaffold", *words, folder=home)
        assert read_all(tmp_path / "ours") == read_all(tmp_path / "wheel")
