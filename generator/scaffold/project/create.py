"""Projects: rendered in memory, then written to disk with a repository of their own."""

import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from scaffold.catalog.questions import Question
from scaffold.compose.composition import compose, purposes
from scaffold.compose.recipe import CHOICES, Recipe
from scaffold.compose.slots import all_questions
from scaffold.errors import GitError
from scaffold.project.bundle import BUNDLE, commit_tree, make_bundle, tag
from scaffold.project.destination import absolute, check_destination, staged
from scaffold.project.git import git
from scaffold.render.answers import Answers, Asker, collect_answers, migrate_answers
from scaffold.render.name_validation import check_project_name
from scaffold.render.template import open_template, render
from scaffold.tree import File, Tree


class RenderedProject(NamedTuple):
    """A project before it is written; `files` lacks only the bundle of `template`."""

    template: Tree
    questions: dict[str, Question]  # those that can be answered
    answers: Answers
    files: Tree
    purposes: dict[str, str]  # a line for each file, the bundle included

    @property
    def package(self) -> str:
        """The name under which Python imports the project."""
        return str(self.answers.values["package"])


def render_project(
    recipe: Recipe,
    given: Mapping[str, str],
    ask: Asker | None = None,
    stored: Mapping[str, str] = MappingProxyType({}),
) -> RenderedProject:
    """Return the project that a recipe and answers make, without touching the disk.

    `stored` answers hold where none is given, if their questions are still there; their
    files are in the project already. Raises ArgumentError for wrong answers and
    PluginError for a wrong plugin.
    """
    tree = compose(recipe)
    template = open_template(tree)
    # The same questions in the same order, but Copier knows nothing of their format.
    questions = template.questions | all_questions(recipe)
    kept = migrate_answers(stored, questions)
    for name in kept.keys() - given.keys():
        questions[name] = msgspec.structs.replace(questions[name], format="")
    answers = collect_answers(questions, {**kept, **given}, template.text, ask, CHOICES)
    files = render(template, answers, tag(tree), BUNDLE)
    name, package = (str(answers.values[key]) for key in ("project_name", "package"))
    check_project_name(name, package, files)
    lines = {
        template.path(path, answers.values): purpose
        for path, purpose in purposes(recipe, list(template.files)).items()
    }
    present = {path: line for path, line in lines.items() if path in {*files, BUNDLE}}
    present |= dict.fromkeys(answers.files, "a file of yours; Git leaves it alone")
    open_questions = {name: q for name, q in questions.items() if not q.hidden}
    return RenderedProject(tree, open_questions, answers, files, present)


def create(rendered: RenderedProject, destination: Path, with_git: bool = True) -> bool:
    """Write a project, whole or not at all; return whether it got its own repository.

    It gets none inside another repository, or without `with_git`. Raises
    DestinationError and GitError.
    """
    check_destination(destination)
    files = rendered.files | {BUNDLE: File(make_bundle(rendered.template))}
    own = with_git and not in_repository(destination)
    with staged(destination) as stage:
        write_tree(files, stage)
        for path, source in rendered.answers.files.items():
            (stage / path).parent.mkdir(exist_ok=True)
            shutil.copyfile(source, stage / path)
        if own:
            make_repository(stage, files)
    return own


def write_tree(tree: Tree, folder: Path) -> None:
    """Write every file of a tree below an existing folder."""
    for path, file in tree.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.data)
        if file.executable:
            target.chmod(target.stat().st_mode | 0o111)


def in_repository(destination: Path) -> bool:
    """Return whether a Git repository around `destination` would keep its files."""
    path = absolute(destination)
    home = next(folder for folder in (path, *path.parents) if folder.is_dir())
    try:
        if git("rev-parse", "--is-inside-work-tree", folder=home).strip() != b"true":
            return False
    except GitError:
        return False
    try:
        git("check-ignore", "--quiet", f"{path}/", folder=home)
    except GitError:
        return True
    return False


def make_repository(folder: Path, tree: Tree) -> None:
    """Make a repository in `folder`; its first commit is `tree`, which lies there."""
    git("init", "--quiet", folder=folder)
    try:
        identity = git("var", "GIT_COMMITTER_IDENT", folder=folder).decode().strip()
    except GitError:  # Git knows no name and address; a first commit needs some
        identity = f"torch-scaffold <torch-scaffold@localhost> {int(time.time())} +0000"
    commit_tree(folder, tree, "HEAD", identity, "Project as torch-scaffold wrote it")
    git("reset", "--quiet", folder=folder)
