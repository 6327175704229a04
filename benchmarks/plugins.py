"""`scaffold list` and `new` with 300 plugins installed, beside none: `make bench`."""

import shutil
import sys
import tempfile
from pathlib import Path

from timing import Command, measure, medians

from scaffold.catalog.plugins import find_task

ROUNDS = 15
PLUGINS = 300
SCAFFOLD = [sys.executable, "-m", "scaffold"]
NEW = [*SCAFFOLD, "new", "out", "--task", "circle", "--defaults"]


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        site = Path(scratch) / "site"
        site.mkdir()
        for number in range(PLUGINS):
            install(site, f"task-{number}")
        many = {"PYTHONPATH": str(site)}
        commands = {
            "list": Command([*SCAFFOLD, "list"]),
            f"list, {PLUGINS} plugins": Command([*SCAFFOLD, "list"], many),
            "new": Command(NEW),
            f"new, {PLUGINS} plugins": Command(NEW, many),
        }
        median = medians(measure(commands, Path(scratch) / "work", ROUNDS))
    for name, bound in (("list", 3), ("new", 1.2)):
        ratio = median[f"{name}, {PLUGINS} plugins"] / median[name]
        print(
            f"{name} with {PLUGINS} plugins / with none: {ratio:.2f} (at most {bound})"
        )


def install(site: Path, name: str) -> None:
    """Put a package into `site` that brings the task circle under another name."""
    module = f"scaffold_{name.replace('-', '_')}"
    shutil.copytree(find_task("circle").folder, site / module)
    toml = site / module / "plugin.toml"
    toml.write_text(toml.read_text().replace('name = "circle"', f'name = "{name}"', 1))
    info = site / f"{module}-1.0.dist-info"
    info.mkdir()
    text = f"Metadata-Version: 2.1\nName: scaffold-{name}\nVersion: 1.0\n"
    (info / "METADATA").write_text(text)
    points = f"[scaffold.plugins]\n{name} = {module}\n"
    (info / "entry_points.txt").write_text(points)


if __name__ == "__main__":
    main()
