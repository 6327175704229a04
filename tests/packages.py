"""Packages with plugins, written by a test into a folder of sys.path."""

import shutil
from pathlib import Path

from scaffold.catalog.plugins import find_plugin


def edit(folder: Path, old: str, new: str) -> None:
    """Replace a text that the `plugin.toml` in a folder has."""
    path = folder / "plugin.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def install(
    site: Path, name: str, module: str = "", kind: str = "task", origin: str = "circle"
) -> Path:
    """Install a copy of a built-in plugin in a package; return its folder."""
    module = module or f"scaffold_{name}"
    folder = site / Path(*module.split("."))
    shutil.copytree(find_plugin(origin, kind).folder, folder)
    edit(folder, f'name = "{origin}"', f'name = "{name}"')
    info = site / f"scaffold_{name}-1.2.dist-info"
    info.mkdir()
    text = f"Metadata-Version: 2.1\nName: scaffold-{name}\nVersion: 1.2\n"
    (info / "METADATA").write_text(text)
    (info / "entry_points.txt").write_text(f"[scaffold.plugins]\n{name} = {module}\n")
    return folder
