"""Find plugins and read them. A plugin is data: none of its code is ever imported."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from scaffold import __version__
from scaffold.errors import ArgumentError, PluginError
from scaffold.manifest import Manifest, read_manifest
from scaffold.tree import list_files

PARTS = ("{{ package }}/", "tests/", "docs/")  # where an overlay may write
REQUIRED = ("data.py", "model.py", "objective.py", "figures.py")  # of every task

PACKAGE = Path(__file__).parent
# In the wheel the data lies in the package, in a checkout beside it.
DATA = PACKAGE / "_data" if (PACKAGE / "_data").is_dir() else PACKAGE.parents[1]
BASE = DATA / "template"


class Place(NamedTuple):
    """A folder that may hold a plugin, and how that came to be."""

    folder: Path
    source: str  # "built-in"


class Plugin(NamedTuple):
    """A plugin that can be used."""

    manifest: Manifest
    folder: Path
    source: str

    @property
    def overlay(self) -> Path:
        """The folder of the files that are laid over the base."""
        return self.folder / "project"


class Broken(NamedTuple):
    """A plugin that cannot be used, and why."""

    name: str
    source: str
    reason: str


def places() -> Iterator[Place]:
    """Yield every folder in which a plugin may lie."""
    for folder in sorted((DATA / "plugins").iterdir()):
        if folder.is_dir() and not folder.name.startswith((".", "_")):
            yield Place(folder, "built-in")


def all_plugins() -> list[Plugin | Broken]:
    """Return what lies in every place; a broken plugin does no harm to the others."""
    found: list[Plugin | Broken] = []
    for place in places():
        try:
            found.append(read_plugin(place))
        except PluginError as error:
            found.append(Broken(place.folder.name, place.source, str(error)))
    return found


def task_names() -> list[str]:
    """Return the names of the tasks that can be asked for, broken ones included."""
    return [place.folder.name for place in places()]


def find_task(name: str) -> Plugin:
    """Return the plugin of a task, without reading any other.

    Raises ArgumentError if there is none of this name, PluginError if it is broken.
    """
    for place in places():
        if place.folder.name == name:
            return read_plugin(place)
    raise ArgumentError(f"there is no task {name!r}; {suggest(name, task_names())}")


def suggest(name: str, known: list[str]) -> str:
    """Return the end of a message: the nearest known name, or all of them."""
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"


def read_plugin(place: Place) -> Plugin:
    """Return the plugin in a place; raise PluginError if it breaks the contract."""
    from packaging.specifiers import SpecifierSet

    toml = place.folder / "plugin.toml"
    manifest = read_manifest(toml)
    if manifest.name != place.folder.name:
        message = f"{toml}: name is {manifest.name!r}, the folder {place.folder.name!r}"
        raise PluginError(message + "; make them equal")
    if __version__ not in SpecifierSet(manifest.scaffold, prereleases=True):
        needed = f"needs torch-scaffold {manifest.scaffold}, this is {__version__}"
        raise PluginError(f"{toml}: {needed}")
    plugin = Plugin(manifest, place.folder, place.source)
    check_overlay(plugin)
    return plugin


def check_overlay(plugin: Plugin) -> None:
    """Raise PluginError if files are missing, or not where the contract allows."""
    if not plugin.overlay.is_dir():
        raise PluginError(f"{plugin.overlay} is missing: the files of the task")
    paths = set(list_files(plugin.overlay))
    purposes = plugin.manifest.files
    for path in sorted(paths):
        if not path.startswith(PARTS):
            allowed = ", ".join(PARTS)
            raise PluginError(f"{plugin.overlay / path}: files go below {allowed} only")
        if path.endswith(".py.jinja"):
            raise PluginError(f"{plugin.overlay / path}: Python files have no .jinja")
        if path.removesuffix(".jinja") not in purposes:
            raise PluginError(
                f"{plugin.folder}/plugin.toml: no line in [files] for {path}"
            )
    for name in REQUIRED:
        if f"{PARTS[0]}{name}" not in paths:
            raise PluginError(f"{plugin.overlay / PARTS[0] / name} is missing")
    for path in sorted(
        purposes.keys() - {path.removesuffix(".jinja") for path in paths}
    ):
        raise PluginError(
            f"{plugin.folder}/plugin.toml: [files] names {path}, not there"
        )
