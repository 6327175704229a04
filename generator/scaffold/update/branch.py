"""Put an update into a branch of a project; its files and index stay as they are."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from scaffold import __version__
from scaffold.compose.recipe import Recipe, Record
from scaffold.errors import ProjectError
from scaffold.project.create import find_committer
from scaffold.project.fast_import import commit_command, file_command
from scaffold.project.git import git, run_git
from scaffold.project.project_state import ANSWERS, open_project
from scaffold.project.recipe_lookup import find_recipe
from scaffold.update.merge import Row
from scaffold.update.plan import Plan, make_plan
from scaffold.update.repository import Repository, list_tracked
from scaffold.update.safety_checks import open_clean_repository

PREFIX = "scaffold-update/"


class Branch(NamedTuple):
    """The plan of an update, and the branch that has it: "" if there is none."""

    plan: Plan
    name: str


def make_branch(folder: Path, plugins: Sequence[Path], dry_run: bool) -> Branch:
    """Put the update of a project into a branch that starts at its HEAD.

    No branch is made if there is nothing to update, or after a conflict. Raises
    ProjectError if the project has uncommitted changes, like `scaffold update`.
    """
    project = open_project(folder, "bundle")
    recipe = installed_recipe(project.record, tuple(plugins))
    repository = open_clean_repository(folder)
    tracked = list_tracked(repository)
    plan = make_plan(project, recipe, {}, repository, tracked)
    if not plan.rows or plan.conflicts:
        return Branch(plan, "")
    name = name_branch(plan)
    if not dry_run and not exists(repository, name, plan.rows):
        commit_rows(repository, name, plan)
    return Branch(plan, name)


@lru_cache(maxsize=64)
def installed_recipe(record: Record, plugins: tuple[Path, ...]) -> Recipe:
    """Return what is installed for a recipe; cached for projects of one recipe."""
    return find_recipe(record, plugins)


def news_of(plan: Plan) -> list[tuple[str, str]]:
    """Return name and version of what an update brings."""
    new = [item for item in plan.after.items() if item not in plan.before.items()]
    return new or [("torch-scaffold", __version__)]


def name_branch(plan: Plan) -> str:
    """Return the name of the branch, such as scaffold-update/moons-0.2.0."""
    return PREFIX + "-".join(f"{name}-{version}" for name, version in news_of(plan))


def exists(repository: Repository, name: str, rows: Sequence[Row]) -> bool:
    """Return whether there is a branch with this update of HEAD.

    Raises ProjectError if it starts at another commit, since someone may have added to
    it, or has another update: the answers file names the template.
    """
    folder, branch = repository.folder, f"refs/heads/{name}"
    start = run_git("rev-parse", "--verify", "--quiet", f"{branch}^", folder=folder)
    if start.returncode:
        return False
    place = f"{branch}:{repository.prefix}{ANSWERS}"
    answers = run_git("cat-file", "blob", place, folder=folder).stdout
    planned = {row.path: row.result.data for row in rows if row.result}
    same = planned.get(ANSWERS, answers) == answers
    if start.stdout.decode().strip() != repository.head or not same:
        what = "does not start at HEAD" if same else "has another update"
        raise ProjectError(
            f"the branch {name} exists, but {what}; delete it with git branch -D {name}"
        )
    return True


def commit_rows(repository: Repository, name: str, plan: Plan) -> None:
    """Commit the results of a plan after HEAD, to a new branch."""
    folder, reference = repository.folder, f"refs/heads/{name}"
    committer = find_committer(folder)
    parts = [commit_command(reference, committer, message(plan), repository.head)]
    parts += [
        file_command(repository.prefix + row.path, row.result)
        for row in plan.rows
        if row.changed
    ]
    git("fast-import", "--quiet", folder=folder, data=b"".join(parts))


def message(plan: Plan) -> str:
    """Return the commit message of an update, with the changelogs."""
    what = ", ".join(f"{name} {version}" for name, version in news_of(plan))
    news = [f"{entry.name} {entry.version}\n\n{entry.text}" for entry in plan.news]
    return "\n\n".join([f"Update to {what}", *news]) + "\n"
