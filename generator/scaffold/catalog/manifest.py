"""The keys of `plugin.toml`, by the kind of the plugin."""

from typing import Annotated, Any, Literal

import msgspec

from scaffold.catalog.questions import Scalar

Family = Literal["regression", "binary", "multiclass", "custom"]


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A field of the project's `Config`: its default, or the question that gives it.

    A field without `help` changes the default of a field of the core. Only projects of
    `families` have it, if there are any.
    """

    default: Scalar | None = None
    question: str = ""
    help: str = ""
    choices: list[str] | None = None
    ge: int | float | None = None
    gt: int | float | None = None
    le: int | float | None = None
    lt: int | float | None = None
    families: list[Family] = []


class ExpectedResult(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A bound of a metric that training reaches for certain answers."""

    metric: str
    when: dict[str, Scalar] = {}
    at_least: float | None = None
    at_most: float | None = None

    @property
    def sentence(self) -> str:
        """The result in words: test accuracy of at least 0.99."""
        name = self.metric.replace("_", " ").replace("mae", "MAE")
        if self.at_most is not None:
            return f"{name} of at most {self.at_most}"
        return f"{name} of at least {self.at_least}"


class ExerciseText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The text of an exercise: title, what to write, and hints, one at a time."""

    title: str = ""
    task: str = ""
    hints: list[str] = []


class Manifest(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag_field="kind",
):
    """The keys that every `plugin.toml` may have."""

    name: str
    version: str
    title: str
    summary: str
    scaffold: str
    files: dict[str, str]
    dependencies: list[str] = []
    requires: list[str] = []
    readme: str = ""
    config: dict[str, Any] = {}
    questions: dict[str, Any] = {}
    exercises: dict[str, ExerciseText] = {}
    renamed_from: list[str] = []

    @property
    def kind(self) -> str:
        """Either "task" or "feature"."""
        return str(self.__struct_config__.tag)


class TaskManifest(Manifest, frozen=True, kw_only=True, tag="task"):
    """The keys of a task; three of them describe its data.py."""

    family: Family | Annotated[list[Family], msgspec.Meta(min_length=1)]
    validation: bool = False
    data_info: bool = False
    table: bool = False
    build_loss_fn: bool = False
    conflicts: dict[str, str] = {}
    recommends: list[str] = []
    expected_results: list[ExpectedResult] = []


class FeatureManifest(Manifest, frozen=True, kw_only=True, tag="feature"):
    """The keys of a feature: what it adds, and what it can be combined with."""

    extras: dict[str, list[str]] = {}
    ignore: list[str] = []
    conflicts: list[str] = []
    needs_validation: bool = False
    replaces: list[str] = []


AnyManifest = TaskManifest | FeatureManifest
