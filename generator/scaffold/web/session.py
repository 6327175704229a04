"""What the page asks: the catalog, a preview for some choices, a zip of the project.

It runs in the browser. Texts come from there as JSON, and go back as JSON.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from scaffold.catalog.plugins import InvalidPlugin
from scaffold.errors import ArgumentError, ScaffoldError
from scaffold.project.project_state import (
    ExistingProject,
    open_project,
    render_original,
)
from scaffold.tree import Tree
from scaffold.web.archive import make_zip
from scaffold.web.describe import (
    commands,
    describe_files,
    describe_questions,
)
from scaffold.web.differences import diff_trees
from scaffold.web.generator import (
    Choices,
    Generator,
    Outcome,
    describe,
    read_choices,
    to_message,
)


class Session:
    """The state of one page: the plugins, and what its last preview showed."""

    def __init__(self, folders: Mapping[str, str]) -> None:
        """Take the folders of plugins, each with its path on the user's machine."""
        self.folders = dict(folders)
        self.generator = Generator([Path(folder) for folder in folders])
        self.shown: Tree = {}
        self.before: Tree = {}  # what `shown` is compared with
        self.typed = ""  # the question whose answer made `shown` of `before`
        self.project = ("", "")  # task and package of `shown`
        self.opened: ExistingProject | None = None

    def catalog(self) -> str:
        """Return the tasks, and the plugins that are invalid."""
        tasks = [describe(plugin) for plugin in self.generator.plugins_of("task")]
        plugins = self.generator.plugins
        invalid = [p._asdict() for p in plugins if isinstance(p, InvalidPlugin)]
        return to_json({"tasks": tasks, "invalid": invalid})

    def preview(self, text: str, typed: str = "") -> str:
        """Return form and files for choices, or the reason why they are impossible.

        The files are compared with those before the last choice, unless that was of a
        task or package. All that is `typed` into the field of a question is one choice.
        """
        try:
            choices = read_choices(text)
            made = self.generator.make(choices, self.opened)
        except ScaffoldError as error:
            return to_json({"error": to_message(error)})
        files = made.rendered.files
        project = (choices.task, made.rendered.package)
        if not self.opened:
            if project != self.project:
                self.before = files
            elif not typed or typed != self.typed:
                self.before = self.shown
        self.shown, self.typed, self.project = files, typed, project
        return to_json(self.document(choices, made))

    def document(self, choices: Choices, made: Outcome) -> dict[str, object]:
        """Return all that the page shows of a project."""
        return {
            "name": made.rendered.answers.values["project_name"],
            "package": made.rendered.package,
            "errors": made.errors,
            "questions": describe_questions(made),
            "features": self.generator.describe_features(choices, made.recipe),
            "files": describe_files(made.rendered),
            "diff": diff_trees(self.before, self.shown),
            "commands": commands(choices, made, self.folders, self.opened),
            "opened": self.opened is not None,
        }

    def open(self, folder: str) -> str:
        """Open the project in a folder, and return its choices or what is wrong.

        The previews that follow are compared with it, as it was generated.
        """
        try:
            project = open_project(Path(folder))
            self.before = render_original(project)
        except ScaffoldError as error:
            return to_json({"error": to_message(error)})
        self.opened = project
        record = project.record
        choices = Choices(project.task, list(record.features), record.choices)
        return to_json({"choices": choices, "versions": project.versions})

    def leave(self) -> None:
        """Close the project that was opened."""
        self.opened = None
        self.before = self.shown

    def archive(self, text: str) -> bytes:
        """Return a zip of the project; raise ScaffoldError for invalid choices."""
        made = self.generator.make(read_choices(text))
        for message in made.errors.values():
            raise ArgumentError(message)
        return make_zip(made.rendered)


def start(root: str) -> Session:
    """Return the session of a page whose Python code was unpacked below `root`."""
    places = json.loads((Path(root) / "folders.json").read_text(encoding="utf-8"))
    return Session({f"{root}/{folder}": path for folder, path in places.items()})


def to_json(document: Any) -> str:
    """Return a document as JSON text."""
    return msgspec.json.encode(document).decode()
