"""The plan of an update: what is installed now, merged with what a project became."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from scaffold import __version__
from scaffold.catalog.discovery import DATA
from scaffold.compose.recipe import Recipe, make_recipe
from scaffold.errors import ArgumentError, ProjectError
from scaffold.project.blobs import blobs, is_plain, to_file
from scaffold.project.bundle import BUNDLE, make_bundle, tag
from scaffold.project.create import Draft, draft
from scaffold.project.patch import draw
from scaffold.project.project_state import ANSWERS, Existing, pristine
from scaffold.project.recipe_lookup import versions
from scaffold.tree import File
from scaffold.update import changelog
from scaffold.update.changelog import Entry
from scaffold.update.merge import Row, merge
from scaffold.update.repository import Repository, Tracked, check_free, read_tracked


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


def redraft(project: Existing, recipe: Recipe, given: Mapping[str, str]) -> Draft:
    """Return a project as it would be written now, with the answers that it has.

    Raises ArgumentError for a wrong value in `given`, ProjectError for a stored one.
    """
    try:
        return draft(recipe, given, stored=project.stored)
    except ArgumentError as error:
        pristine(project)  # says so if it could not even be written with its answers
        if given:
            raise
        raise ProjectError(
            f"{project.folder / ANSWERS}: {error}; give another answer: scaffold "
            "update --set KEY=VALUE"
        ) from error


def describe_answers(
    stored: Mapping[str, str], given: Mapping[str, str], drafted: Draft
) -> Iterator[str]:
    """Yield what became of questions and answers that are not as they were."""
    renamed: set[str] = set()
    for name, value in drafted.answers.stored.items():
        old = [old for old in drafted.questions[name].formerly if old in stored]
        if name in stored or name in given:
            continue
        if old:
            renamed.update(old)
            yield f"question {old[0]} is called {name} now; your answer is kept"
        else:
            change = f"scaffold update --set {name}=..."
            yield f"new question {name}: {value!r} for now; {change} changes it"
    for name in sorted(stored.keys() - drafted.questions.keys() - renamed):
        yield f"question {name} is gone, and with it your answer {stored[name]!r}"


def make_plan(
    project: Existing,
    recipe: Recipe,
    given: Mapping[str, str],
    repository: Repository,
    tracked: dict[str, Tracked],
) -> Plan:
    """Return what an update to `recipe`, with the answers in `given`, would do.

    No rows mean that there is nothing to do. Raises ProjectError where the project, or
    what lies beside it, does not allow it, and ArgumentError for wrong answers.
    """
    check_name_kept(project, given)
    recipe, given = make_recipe(recipe.plugins, recipe.choices | dict(given))
    drafted = redraft(project, recipe, given)
    notes = list(describe_answers(project.stored, given, drafted))
    after = versions(recipe)
    files = dict(check_copies(project.folder, drafted.answers.files))
    plan = Plan(project.versions, after, [], [], notes, files)
    same = tag(drafted.template) == project.tag
    answers = {name: str(value) for name, value in drafted.answers.stored.items()}
    if same and answers.items() <= project.stored.items():
        return plan
    bundle = File((project.folder / BUNDLE).read_bytes())
    if not same:
        bundle = File(make_bundle(drafted.template))
    base, theirs = blobs(pristine(project)), blobs(drafted.files | {BUNDLE: bundle})
    check_tracked(project, tracked)
    ours = read_tracked(repository, tracked, {*base, *theirs})
    rows = merge(base, ours, theirs)
    check_free(repository, tracked, rows)
    return plan._replace(rows=rows, news=read_news(project, recipe))


def check_name_kept(project: Existing, given: Mapping[str, str]) -> None:
    """Raise ArgumentError for another name: all files of the project would move."""
    name = project.stored.get("project_name", "")
    if given.get("project_name", name) != name:
        raise ArgumentError(
            "--set project_name: a project keeps its name, since all its files would "
            "move; write a new one with scaffold new"
        )


def check_tracked(project: Existing, tracked: Mapping[str, Tracked]) -> None:
    """Raise ProjectError unless Git has what the next update will need."""
    for path in (BUNDLE, ANSWERS):
        if path not in tracked:
            raise ProjectError(
                f"{project.folder / path} is not in the last commit, and the next "
                f"update needs it there; type git add --force {path} and git commit"
            )


def check_copies(folder: Path, files: Mapping[str, Path]) -> Iterator[tuple[str, Path]]:
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


def read_news(project: Existing, recipe: Recipe) -> list[Entry]:
    """Return what the changelogs of base and plugins say since the project was made."""
    before = project.record.scaffold
    news = changelog.read_entries("torch-scaffold", DATA, before, __version__)
    for layer, plugin in zip(project.record.plugins, recipe.plugins, strict=True):
        name, version = plugin.manifest.name, plugin.manifest.version
        news += changelog.read_entries(name, plugin.folder, layer.version, version)
    return news


def draw_patch(rows: Iterable[Row]) -> str:
    """Return the difference that a plan makes to a project, as Git's unified diff."""
    moved = [row for row in rows if row.moved]
    before = {row.path: to_file(row.ours) for row in moved if is_plain(row.ours)}
    after = {row.path: to_file(row.result) for row in moved if is_plain(row.result)}
    return draw(before, after)
