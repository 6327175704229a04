"""Check that adding a feature to a project, and removing it, restores the project."""

import tempfile
from collections.abc import Iterator, Mapping
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


def check_round_trip(
    recipe: Recipe, feature: str, answers: Mapping[str, str]
) -> Iterator[Found]:
    """Yield what differs after a feature of a recipe was added and removed."""
    kept = [plugin for plugin in recipe.plugins if plugin.name != feature]
    without = recipe._replace(plugins=tuple(kept))
    with tempfile.TemporaryDirectory(prefix="scaffold-check-") as scratch:
        folder = Path(scratch, "project")
        create(render_project(without, {"project_name": "checked"}), folder)
        (start,) = git("rev-parse", "HEAD", folder=folder).decode().split()
        for step, given in ((recipe, answers), (without, {})):
            for path in merge_recipe(folder, step, given):
                yield "adding or removing it conflicts", path, "use another slot"
            commit(folder)
        changed = git("diff", "--name-only", start, folder=folder).decode()
        for path in changed.splitlines():
            yield "not restored when the feature is removed", path, "report a bug"


def merge_recipe(folder: Path, recipe: Recipe, answers: Mapping[str, str]) -> list[str]:
    """Merge a project into that of a recipe; return the files with conflicts."""
    repository = open_repository(folder)
    tracked = list_tracked(repository)
    plan = make_plan(open_project(folder), recipe, answers, repository, tracked)
    apply(repository, tracked, plan)
    return plan.conflicts


def commit(folder: Path) -> None:
    """Commit all files of a project."""
    git("add", "--all", folder=folder)
    git(*IDENTITY, "commit", "--quiet", "--message", "step", folder=folder)
