"""Check that adding a feature to a project, and removing it, restores the project."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from scaffold.check.files import Found
from scaffold.compose.recipe import Recipe
from scaffold.project.create import create, render_project
from scaffold.project.git import git
from scaffold.project.project_state import open_project
from scaffold.update.apply import apply
from scaffold.update.plan import make_plan
from scaffold.update.repository import list_tracked, open_repository

IDENTITY = ("-c", "user.name=scaffold", "-c", "user.email=scaffold@localhost")


def check_round_trip(recipe: Recipe) -> Iterator[Found]:
    """Yield what differs after the last feature of a recipe was added and removed."""
    without = recipe._replace(plugins=recipe.plugins[:-1])
    with tempfile.TemporaryDirectory(prefix="scaffold-check-") as scratch:
        folder = Path(scratch, "project")
        create(render_project(without, {"project_name": "checked"}), folder)
        (start,) = git("rev-parse", "HEAD", folder=folder).decode().split()
        for step in (recipe, without):
            for path in merge_recipe(folder, step):
                yield "adding or removing it conflicts", path, "use another slot"
            commit(folder)
        changed = git("diff", "--name-only", start, folder=folder).decode()
        for path in changed.splitlines():
            yield "not restored when the feature is removed", path, "report a bug"


def merge_recipe(folder: Path, recipe: Recipe) -> list[str]:
    """Merge a project into that of a recipe; return the files with conflicts."""
    repository = open_repository(folder)
    tracked = list_tracked(repository)
    plan = make_plan(open_project(folder), recipe, {}, repository, tracked)
    apply(repository, tracked, plan)
    return plan.conflicts


def commit(folder: Path) -> None:
    """Commit all files of a project."""
    git("add", "--all", folder=folder)
    git(*IDENTITY, "commit", "--quiet", "--message", "step", folder=folder)
