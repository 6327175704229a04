"""Find plugins and read them. A plugin is data: none of its code is ever imported."""

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from scaffold import __version__
from scaffold.catalog.discovery import TOML, Place, all_places
from scaffold.catalog.manifest import Manifest, read_manifest
from scaffold.errors import ArgumentError, PluginError
from scaffold.tree import list_files

PARTS = ("{{ package }}/", "tests/", "docs/")  # where an overlay may write
REQUIRED = ("data.py", "model.py", "objective.py", "figures.py")  # of every task


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


def all_plugins(folders: Sequence[Path] = ()) -> list[Plugin | Broken]:
    """Return what lies in every place; a broken plugin does no harm to the others."""
    places = all_places(folders)
    found: list[Plugin | Broken] = []
    for place in sorted(places, key=lambda place: place.name):
        try:
            check_unique(place.name, places)
            found.append(read_plugin(place))
        except PluginError as error:
            found.append(Broken(place.name, place.source, str(error)))
    return found


def find_task(name: str, folders: Sequence[Path] = ()) -> Plugin:
    """Return the plugin of a task, without reading any other.

    Raises ArgumentError if there is none of this name, PluginError if it is broken or
    if several claim the name.
    """
    return read_plugin(find_place(name, folders))


def find_place(name: str, folders: Sequence[Path] = ()) -> Place:
    """Return the place of a task; raises as `find_task` does, but does not read it."""
    places = all_places(folders, name)
    check_unique(name, places)
    if places:
        return places[0]
    known = sorted({place.name for place in all_places(folders)})
    raise ArgumentError(f"there is no task {name!r}; {suggest(name, known)}")


def check_unique(name: str, places: Iterable[Place]) -> None:
    """Raise PluginError, which names all contenders, if several places claim a name."""
    claims = [f"{p.source} ({p.folder})" for p in places if p.name == name]
    if len(claims) > 1:
        raise PluginError(
            f"task {name} is claimed {len(claims)} times: {', '.join(claims)}; "
            "uninstall or leave out all but one"
        )


def suggest(name: str, known: list[str]) -> str:
    """Return the end of a message: the nearest known name, or all of them."""
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"


def read_plugin(place: Place) -> Plugin:
    """Return the plugin in a place; raise PluginError if it breaks the contract."""
    toml = place.folder / TOML
    manifest = read_manifest(toml)
    if manifest.name != place.name:
        offered = f"but it is offered as {place.name!r}; make them equal"
        raise PluginError(f"{toml}: name is {manifest.name!r}, {offered}")
    if not admits(manifest.scaffold):
        needed = f"needs torch-scaffold {manifest.scaffold}, this is {__version__}"
        needed += "; upgrade the plugin, or install that"
        raise PluginError(f"{toml}: {needed}")
    plugin = Plugin(manifest, place.folder, place.source)
    try:
        check_overlay(plugin)
    except OSError as error:
        raise PluginError(f"{error.filename}: {error.strerror}") from error
    return plugin


@cache
def admits(versions: str) -> bool:
    """Return whether a range of versions holds this one; plugins often share ranges."""
    from packaging.specifiers import SpecifierSet

    return __version__ in SpecifierSet(versions, prereleases=True)


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
