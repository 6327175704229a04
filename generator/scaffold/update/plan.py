"""The plan of an update: what is installed now, merged with what a project became."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from scaffold import __version__
from scaffold.catalog.discovery import DATA
from scaffold.compose.recipe import Recipe, make_recipe
from scaffold.errors import ArgumentError, ProjectError
from scaffold.project.blobs import is_regular_file, to_blobs, to_file
from scaffold.project.bundle import BUNDLE, make_bundle, tag
from scaffold.project.create import RenderedProject, render_project
from scaffold.project.patch import make_diff
from scaffold.project.project_state import ANSWERS, ExistingProject, render_original
from scaffold.project.recipe_lookup import installed_versions
from scaffold.tree import File
from scaffold.update import changelog
from scaffold.update.changelog import Entry
from scaffold.update.merge import Row, merge
from scaffold.update.repository import (
    Repository,
    Tracked,
    check_no_overwrite,
    read_tracked,
)


class Plan(NamedTuple):
    """What an update would do: a row for each file that changes, or would have."""

    before: dict[str, str]  # versions
    after: dict[str, str]
    rows: list[Row]
    news: list[Entry]
    notes: list[str]  # what became of questions and answers
    files: dict[str, Path]  # to be copied into the project, by path in it

    @property
    def conflicts(self) -> list[str]:
        """The files in which both sides contradict each other."""
        return [row.path for row in self.rows if row.kind == "conflict"]


def rerender_project(
    project: ExistingProject, recipe: Recipe, given: Mapping[str, str]
) -> RenderedProject:
    """Return a project as it would be written now, with the answers that it has.

    Raises ArgumentError for a wrong value in `given`, ProjectError for a stored one.
    """
    try:
        return render_project(recipe, given, stored=project.stored)
    except ArgumentError as error:
        render_original(
            project
        )  # says so if it could not even be written with its answers
        if given:
            raise
        raise ProjectError(
            f"{project.folder / ANSWERS}: {error}; give another answer: scaffold "
            "update --set KEY=VALUE"
        ) from error


def describe_answers(
    stored: Mapping[str, str], given: Mapping[str, str], rendered: RenderedProject
) -> Iterator[str]:
    """Yield what became of questions and answers that are not as they were."""
    renamed: set[str] = set()
    for name, value in rendered.answers.stored.items():
        old = [old for old in rendered.questions[name].formerly if old in stored]
        if name in stored or name in given:
            continue
        if old:
            renamed.update(old)
            yield f"question {old[0]} is called {name} now; your answer is kept"
        else:
            change = f"scaffold update --set {name}=..."
            yield f"new question {name}: {value!r} for now; {change} changes it"
    for name in sorted(stored.keys() - rendered.questions.keys() - renamed):
        yield f"question {name} is gone, and with it your answer {stored[name]!r}"


def make_plan(
    project: ExistingProject,
    recipe: Recipe,
    given: Mapping[str, str],
    repository: Repository,
    tracked: dict[str, Tracked],
) -> Plan:
    """Return what an update to `recipe`, with the answers in `given`, would do.

    No rows mean that there is nothing to do. Raises ProjectError where the project, or
    what lies beside it, does not allow it, and ArgumentError for wrong answers.
    """
    check_name_unchanged(project, given)
    recipe, given = make_recipe(recipe.plugins, recipe.choices | dict(given))
    rendered = rerender_project(project, recipe, given)
    notes = list(describe_answers(project.stored, given, rendered))
    after = installed_versions(recipe)
    files = dict(files_to_copy(project.folder, rendered.answers.files))
    plan = Plan(project.versions, after, [], [], notes, files)
    same = tag(rendered.template) == project.tag
    answers = {name: str(value) for name, value in rendered.answers.stored.items()}
    if same and answers.items() <= project.stored.items():
        return plan
    bundle = File((project.folder / BUNDLE).read_bytes())
    if not same:
        bundle = File(make_bundle(rendered.template))
    base, theirs = (
        to_blobs(render_original(project)),
        to_blobs(rendered.files | {BUNDLE: bundle}),
    )
    check_tracked(project, tracked)
    ours = read_tracked(repository, tracked, {*base, *theirs})
    rows = merge(base, ours, theirs)
    check_no_overwrite(repository, tracked, rows)
    return plan._replace(rows=rows, news=read_changelogs(project, recipe))


def check_name_unchanged(project: ExistingProject, given: Mapping[str, str]) -> None:
    """Raise ArgumentError for another name: all files of the project would move."""
    name = project.stored.get("project_name", "")
    if given.get("project_name", name) != name:
        raise ArgumentError(
            "--set project_name: a project keeps its name, since all its files would "
            "move; write a new one with scaffold new"
        )


def check_tracked(project: ExistingProject, tracked: Mapping[str, Tracked]) -> None:
    """Raise ProjectError unless Git has what the next update will need."""
    for path in (BUNDLE, ANSWERS):
        if path not in tracked:
            raise ProjectError(
                f"{project.folder / path} is not in the last commit, and the next "
                f"update needs it there; type git add --force {path} and git commit"
            )


def files_to_copy(
    folder: Path, files: Mapping[str, Path]
) -> Iterator[tuple[str, Path]]:
    """Yield the files that are to be copied into a project, and are not there yet.

    Raises ProjectError if another file is in the place of one.
    """
    for path, source in files.items():
        target = folder / path
        if target.parent.exists() and not target.parent.is_dir():
            raise ProjectError(f"{target.parent} is a file, but has to be a folder")
        if not target.exists():
            yield path, source
        elif not target.is_file() or target.read_bytes() != source.read_bytes():
            raise ProjectError(
                f"{target} is there already and differs from {source}; rename one"
            )


def read_changelogs(project: ExistingProject, recipe: Recipe) -> list[Entry]:
    """Return what the changelogs of base and plugins say since the project was made."""
    before = project.record.scaffold
    news = changelog.read_entries("torch-scaffold", DATA, before, __version__)
    for layer, plugin in zip(project.record.plugins, recipe.plugins, strict=True):
        name, version = plugin.manifest.name, plugin.manifest.version
        news += changelog.read_entries(name, plugin.folder, layer.version, version)
    return news


def diff_plan(rows: Iterable[Row]) -> str:
    """Return the difference that a plan makes to a project, as Git's unified diff."""
    moved = [row for row in rows if row.moved]
    before = {row.path: to_file(row.ours) for row in moved if is_regular_file(row.ours)}
    after = {
        row.path: to_file(row.result) for row in moved if is_regular_file(row.result)
    }
    return make_diff(before, after)
