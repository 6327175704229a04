"""Render projects in memory, and write them to disk with a Git repository."""

import re
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from scaffold.catalog.questions import Question
from scaffold.compose.composition import compose
from scaffold.compose.fills import all_questions
from scaffold.compose.purposes import purposes
from scaffold.compose.recipe import CHOICES, Recipe
from scaffold.compose.rules import check_family
from scaffold.errors import ArgumentError, GitError, NoGitError
from scaffold.project.bundle import BUNDLE, make_bundle, tag
from scaffold.project.destination import absolute, check_destination, staged
from scaffold.project.fast_import import commit_tree
from scaffold.project.git import ISOLATED_ENV, git, run_git
from scaffold.project.project_state import ANSWERS, MAX_BYTES
from scaffold.render.answers import Answers, Asker, collect_answers, migrate_answers
from scaffold.render.name_validation import check_project_name
from scaffold.render.template import open_template, render
from scaffold.tree import File, Tree

IDENTITY = re.compile(r"[^<>\n]+ <[^<>\n]*> \d+ [+-]\d{4}")  # of a committer


class RenderedProject(NamedTuple):
    """A project in memory; `files` has all its files but the bundle of `template`."""

    template: Tree
    questions: dict[str, Question]  # those that can be answered
    answers: Answers
    files: Tree
    purposes: dict[str, str]  # one line per file, including the bundle

    @property
    def package(self) -> str:
        """The import name of the project."""
        return str(self.answers.values["package"])


def render_project(
    recipe: Recipe,
    given: Mapping[str, str],
    ask: Asker | None = None,
    stored: Mapping[str, str] = MappingProxyType({}),
) -> RenderedProject:
    """Render a project in memory.

    `given` answers take precedence over `stored` ones, whose files are in the project
    already. Raises ArgumentError for invalid answers, PluginError for invalid plugins.
    """
    tree = compose(recipe)
    template = open_template(tree)
    # The same questions in the same order, with the formats that Copier does not have.
    questions = template.questions | all_questions(recipe)
    kept = migrate_answers(stored, questions)
    for name in kept.keys() - given.keys():
        questions[name] = msgspec.structs.replace(questions[name], format="")
    answers = collect_answers(questions, {**kept, **given}, template.text, ask, CHOICES)
    check_family(recipe.features, answers.values["family"])
    files = render(template, answers, tag(tree), BUNDLE)
    check_answers_size(answers, files[ANSWERS])
    name, package = (str(answers.values[key]) for key in ("project_name", "package"))
    existing = name == stored.get("project_name")
    check_project_name(name, package, files, existing)
    lines = {
        template.path(path, answers.values): purpose
        for path, purpose in purposes(recipe, list(template.files)).items()
    }
    present = {path: line for path, line in lines.items() if path in {*files, BUNDLE}}
    present |= dict.fromkeys(answers.files, "your file; ignored by Git")
    open_questions = {name: q for name, q in questions.items() if not q.hidden}
    return RenderedProject(tree, open_questions, answers, files, present)


def check_answers_size(answers: Answers, file: File) -> None:
    """Raise ArgumentError if the answers are too large to be read again."""
    if len(file.data) > MAX_BYTES:
        name = max(answers.stored, key=lambda name: len(str(answers.stored[name])))
        raise ArgumentError(
            f"{name}: it has {len(str(answers.stored[name]))} characters, and all "
            f"answers together may have {MAX_BYTES} bytes; give a shorter one"
        )


def create(rendered: RenderedProject, destination: Path, with_git: bool = True) -> bool:
    """Write a project atomically; return whether a Git repository was created.

    None is created inside another repository, or without `with_git`. Raises
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
    """Write all files of a tree to an existing folder."""
    for path, file in tree.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.data)
        if file.executable:
            target.chmod(target.stat().st_mode | 0o111)


def in_repository(destination: Path) -> bool:
    """Return whether `destination` is in a Git repository that does not ignore it."""
    path = absolute(destination).resolve()
    if not any((folder / ".git").exists() for folder in path.parents):
        return False
    home = next(folder for folder in (path, *path.parents) if folder.is_dir())
    command = ("rev-parse", "--is-inside-work-tree")
    # An invalid configuration of the user does not hide the repository.
    found = (run_git(*command, folder=home, extra=env) for env in (None, ISOLATED_ENV))
    if not any(done.stdout.strip() == b"true" for done in found):
        return False
    ignored = run_git("check-ignore", "--quiet", f"{path}/", folder=home)
    return ignored.returncode != 0


def make_repository(folder: Path, tree: Tree) -> None:
    """Create a repository in `folder`, and commit its files, which are `tree`.

    If Git fails with the configuration of the user, it is left out: an invalid branch
    name or a filter that fails must not prevent a project.
    """
    try:
        commit_files(folder, tree)
    except NoGitError:
        raise
    except GitError:
        shutil.rmtree(folder / ".git", ignore_errors=True)
        commit_files(folder, tree, ISOLATED_ENV)


def find_committer(folder: Path, extra: Mapping[str, str] | None = None) -> str:
    """Return who commits in a repository, in Git's format with the time."""
    about = run_git("var", "GIT_COMMITTER_IDENT", folder=folder, extra=extra)
    identity = about.stdout.decode(errors="replace").strip()
    if IDENTITY.fullmatch(identity):
        return identity
    # user.name and user.email are not configured
    return f"torch-scaffold <torch-scaffold@localhost> {int(time.time())} +0000"


def commit_files(
    folder: Path, tree: Tree, extra: Mapping[str, str] | None = None
) -> None:
    """Create a repository with one commit, and verify it; `extra` is for Git."""
    git("init", "--quiet", folder=folder, extra=extra)
    message = "Initial commit of torch-scaffold"
    commit_tree(folder, tree, "HEAD", find_committer(folder, extra), message, extra)
    git("reset", "--quiet", folder=folder, extra=extra)
    # `git reset` has read the commit into the index, which begins with its length.
    index = folder / ".git" / "index"
    header = index.read_bytes()[8:12] if index.is_file() else b""
    if int.from_bytes(header) != len(tree):
        raise GitError("git made no repository; --no-git creates the project without")
