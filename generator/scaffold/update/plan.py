"""Plan an update: merge the installed template with the user's edits."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from scaffold import __version__
from scaffold.catalog.discovery import DATA
from scaffold.compose.composition import compose
from scaffold.compose.recipe import Recipe, make_recipe
from scaffold.errors import ArgumentError, ProjectError
from scaffold.project.blobs import Blobs, is_regular_file, to_blobs, to_file
from scaffold.project.bundle import BUNDLE, bundle_versions, make_bundle, tag
from scaffold.project.create import RenderedProject, render_project
from scaffold.project.patch import make_diff
from scaffold.project.project_state import ANSWERS, ExistingProject, render_original
from scaffold.project.recipe_lookup import installed_versions
from scaffold.tree import File, tree_id
from scaffold.update import changelog
from scaffold.update.changelog import Entry
from scaffold.update.merge import Row, merge
from scaffold.update.moves import find_moves, move
from scaffold.update.repository import Repository, Tracked, read_tracked
from scaffold.update.safety_checks import check_no_overwrite


class Plan(NamedTuple):
    """What an update does: one row per file that the template changed."""

    before: dict[str, str]  # versions
    after: dict[str, str]
    rows: list[Row]
    news: list[Entry]
    notes: list[str]  # about new, renamed and removed questions
    files: dict[str, Path]  # of the user, to copy into the project, by path in it
    extras: list[str]  # to install, of features that are added

    @property
    def conflicts(self) -> list[str]:
        """The files with conflicts."""
        return [row.path for row in self.rows if row.kind == "conflict"]


def rerender_project(
    project: ExistingProject, recipe: Recipe, given: Mapping[str, str]
) -> RenderedProject:
    """Render a project with the installed template and its stored answers.

    Raises ArgumentError for an invalid `given` answer, ProjectError for a stored one.
    """
    try:
        return render_project(recipe, given, stored=project.stored)
    except ArgumentError as error:
        render_original(project)  # raises if its answers were invalid before, too
        if given:
            raise
        raise ProjectError(
            f"{project.folder / ANSWERS}: {error}; change the answer with scaffold "
            "update --set KEY=VALUE"
        ) from error


def describe_answers(
    stored: Mapping[str, str], given: Mapping[str, str], rendered: RenderedProject
) -> Iterator[str]:
    """Yield notes about new, renamed and removed questions."""
    renamed: set[str] = set()
    for name, value in rendered.answers.stored.items():
        old = [old for old in rendered.questions[name].renamed_from if old in stored]
        if name in stored or name in given:
            continue
        if old:
            renamed.update(old)
            yield f"question {old[0]} was renamed to {name}; your answer is kept"
        else:
            change = f"scaffold update --set {name}=..."
            yield f"new question {name}: default {value!r}; change it with {change}"
    for name in sorted(stored.keys() - rendered.questions.keys() - renamed):
        yield f"question {name} was removed, and your answer {stored[name]!r} with it"


def make_plan(
    project: ExistingProject,
    recipe: Recipe,
    given: Mapping[str, str],
    repository: Repository,
    tracked: dict[str, Tracked],
) -> Plan:
    """Return the plan of an update to `recipe`, with the answers in `given`.

    It has no rows if the project is up to date. Raises ProjectError if the project or
    its repository is not in a state to be updated, ArgumentError for invalid answers.
    """
    check_name_unchanged(project, given)
    recipe, given = make_recipe(recipe.plugins, given, recipe.choices)
    rendered = rerender_project(project, recipe, given)
    notes = list(describe_answers(project.stored, given, rendered))
    after = installed_versions(recipe)
    files = dict(files_to_copy(project.folder, rendered.answers.files))
    extras = new_extras(project, recipe)
    plan = Plan(project.versions, after, [], [], notes, files, extras)
    own = project.source == BUNDLE
    same = own and tree_id(rendered.template) == tree_id(project.template)
    answers = {name: str(value) for name, value in rendered.answers.stored.items()}
    if same and answers.items() <= project.stored.items():
        return plan
    original = render_original(project)
    bundle = original[BUNDLE] if own else None
    if bundle is None or tag(rendered.template) != project.tag:
        bundle = File(make_bundle(rendered.template))
    base: Blobs = to_blobs(original)
    theirs: Blobs = to_blobs(rendered.files | {BUNDLE: bundle})
    check_tracked(project, tracked)
    moves = find_moves(repository, tracked, base, theirs)
    base, theirs = move(base, moves), move(theirs, moves)
    ours = read_tracked(repository, tracked, {*base, *theirs})
    sources = {new: old for old, new in moves.items()}
    rows = merge(base, ours, theirs)
    rows = [row._replace(source=sources.get(row.path, "")) for row in rows]
    check_no_overwrite(repository, tracked, rows)
    return plan._replace(rows=rows, news=read_changelogs(project, recipe))


def plan_bundle(
    project: ExistingProject,
    recipe: Recipe,
    repository: Repository,
    tracked: dict[str, Tracked],
) -> Plan:
    """Return the plan that only puts the installed template into the bundle.

    It is added after the version that the project is at, for `copier update`. Versions
    that are no longer needed are removed.
    """
    template = compose(recipe)
    versions = {project.tag: project.template}
    after, note, notes = project.versions, "without the version before", []
    if tree_id(template) != tree_id(project.template):
        versions[tag(template, project.tag)] = template
        after, note = installed_versions(recipe), "with the next version"
        notes = ["copier update merges the next version, once the bundle is committed"]
    plan = Plan(project.versions, after, [], [], notes, {}, [])
    if versions.keys() == project.available.keys():
        return plan
    check_tracked(project, tracked)
    new = {BUNDLE: File(bundle_versions(versions))}
    (ours,) = read_tracked(repository, tracked, [BUNDLE]).values()
    (row,) = merge({BUNDLE: ours}, {BUNDLE: ours}, to_blobs(new))
    news = read_changelogs(project, recipe) if len(versions) > 1 else []
    return plan._replace(rows=[row._replace(note=note)], news=news)


def new_extras(project: ExistingProject, recipe: Recipe) -> list[str]:
    """Return the extras of features that the project does not have yet."""
    present = project.record.features
    new = [plugin for plugin in recipe.features if plugin.name not in present]
    return sorted({name for plugin in new for name in plugin.feature.extras})


def check_name_unchanged(project: ExistingProject, given: Mapping[str, str]) -> None:
    """Raise ArgumentError if `given` renames the project, which moves its files."""
    name = project.stored.get("project_name", "")
    if given.get("project_name", name) != name:
        raise ArgumentError(
            "--set project_name: a project cannot be renamed, since all its files "
            "would move; create a new one with scaffold new"
        )


def check_tracked(project: ExistingProject, tracked: Mapping[str, Tracked]) -> None:
    """Raise ProjectError unless the files that updates need are committed."""
    for path in (BUNDLE, ANSWERS):
        if path not in tracked and (path == ANSWERS or project.source == BUNDLE):
            raise ProjectError(
                f"{project.folder / path} is not committed, but required by updates; "
                f"run git add --force {path} and git commit"
            )


def files_to_copy(
    folder: Path, files: Mapping[str, Path]
) -> Iterator[tuple[str, Path]]:
    """Yield the user's files that are not in the project yet, by path in it.

    Raises ProjectError if a different file exists at such a path.
    """
    for path, source in files.items():
        target = folder / path
        if target.parent.exists() and not target.parent.is_dir():
            raise ProjectError(
                f"{target.parent} is a file, but must be a folder; rename it"
            )
        if not target.exists():
            yield path, source
        elif not target.is_file() or target.read_bytes() != source.read_bytes():
            raise ProjectError(
                f"{target} already exists and differs from {source}; rename one of them"
            )


def read_changelogs(project: ExistingProject, recipe: Recipe) -> list[Entry]:
    """Return the changelog entries since the versions that generated the project."""
    before = project.record.scaffold
    news = changelog.read_entries("torch-scaffold", DATA, before, __version__)
    recorded = {layer.name: layer.version for layer in project.record.plugins}
    for plugin in recipe.plugins:
        names = {plugin.name, *plugin.manifest.renamed_from} & recorded.keys()
        for name in names:
            version = plugin.manifest.version
            news += changelog.read_entries(
                plugin.name, plugin.folder, recorded[name], version
            )
    return news


def diff_plan(rows: Iterable[Row]) -> str:
    """Return the unified diff of a plan."""
    changed = [row for row in rows if row.changed]
    before = {
        row.path: to_file(row.ours) for row in changed if is_regular_file(row.ours)
    }
    after = {
        row.path: to_file(row.result) for row in changed if is_regular_file(row.result)
    }
    return make_diff(before, after)
