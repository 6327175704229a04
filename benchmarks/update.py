"""`scaffold update` beside plain Copier, `status` beside `list`: `make bench`."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from timing import Command, measure, medians

from scaffold.catalog.plugins import find_task
from scaffold.compose.recipe import Recipe
from scaffold.project.bundle import BUNDLE, tag
from scaffold.project.create import create, render_project, write_tree
from scaffold.project.project_state import ANSWERS

ROUNDS = 15
BIN = Path(sys.executable).parent


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        plugin, ours, theirs = make_projects(home)
        update = [BIN / "scaffold", "update", "--plugin", plugin]
        copier = [BIN / "copier", "update", "--defaults", "--quiet"]
        current = home / "current"
        create(
            render_project(Recipe((find_task("circle"),)), {"project_name": "mine"}),
            current,
        )
        commands = {
            "scaffold list": Command([BIN / "scaffold", "list"]),
            "scaffold status": Command([BIN / "scaffold", "status"], folder=current),
            "scaffold update": Command(update, folder=ours),
            "copier update": Command(copier, folder=theirs),
        }
        median = medians(measure(commands, home / "work", ROUNDS))
    for name, peer, bound in (("status", "list", 1.5), ("update", "update", 0.3)):
        other = f"copier {peer}" if name == peer else f"scaffold {peer}"
        ratio = median[f"scaffold {name}"] / median[other]
        print(f"scaffold {name} / {other}: {ratio:.2f} (promised: at most {bound})")


def make_projects(home: Path) -> tuple[Path, Path, Path]:
    """Make a new version of a plugin, and an edited project of the old one, twice.

    The second project takes both versions of the same composed template from a
    repository, as Copier alone does.
    """
    plugin, source = home / "rings", home / "source"
    shutil.copytree(find_task("circle").folder, plugin)
    replace(plugin / "plugin.toml", 'name = "circle"', 'name = "rings"')
    old = render_project(
        Recipe((find_task("rings", [plugin]),)), {"project_name": "mine"}
    )
    replace(plugin / "plugin.toml", 'version = "', 'version = "9.')
    for name in ("model", "data", "plots"):
        path = plugin / "project" / "{{ package }}" / f"{name}.py"
        path.write_text(path.read_text() + "\n# one more line\n")
    new = render_project(
        Recipe((find_task("rings", [plugin]),)), {"project_name": "mine"}
    )
    ours, theirs = home / "ours", home / "theirs"
    create(old, ours)
    replace(ours / "mine" / "train.py", "import torch\n", "import torch  # edited\n")
    commit(ours)
    shutil.copytree(ours, theirs)
    git(home, "init", "--quiet", source)
    for version, rendered in (("1.0", old), ("2.0", new)):
        write_tree(rendered.template, source)
        commit(source)
        git(source, "tag", version)
    replace(theirs / ANSWERS, f"_src_path: {BUNDLE}", f"_src_path: {source}")
    replace(theirs / ANSWERS, f"_commit: {tag(old.template)}", "_commit: '1.0'")
    commit(theirs)
    return plugin, ours, theirs


def replace(path: Path, old: str, new: str) -> None:
    """Replace a text that is in a file."""
    text = path.read_text()
    assert old in text, path
    path.write_text(text.replace(old, new, 1))


def commit(folder: Path) -> None:
    """Commit all there is in a folder."""
    git(folder, "add", "--all")
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    git(folder, *who, "commit", "--quiet", "--message", "a commit")


def git(folder: Path, *words: str | Path) -> None:
    subprocess.run(["git", *words], cwd=folder, check=True)


if __name__ == "__main__":
    main()
