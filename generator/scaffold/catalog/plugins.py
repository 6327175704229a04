"""Find plugins and read them. A plugin is data: none of its code is ever imported."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from scaffold import __version__
from scaffold.catalog.discovery import TOML, PluginSource, all_sources
from scaffold.catalog.manifest import AnyManifest, FeatureManifest, TaskManifest
from scaffold.catalog.manifest_reader import read_manifest
from scaffold.catalog.versions import in_range
from scaffold.errors import ArgumentError, PluginError, ProjectError, one_line
from scaffold.tree import check_path, list_files, target

# Where a plugin may write; a feature may also write paths that its [files] declare.
FOLDERS = ("{{ package }}/", "tests/", "docs/", "notebooks/")
REQUIRED = ("data.py", "model.py", "loss.py", "plots.py")  # of every task


class Plugin(NamedTuple):
    """A plugin that can be used."""

    manifest: AnyManifest
    folder: Path
    source: str

    @property
    def name(self) -> str:
        """The name of the task or feature."""
        return self.manifest.name

    @property
    def overlay(self) -> Path:
        """The folder of the files that it adds to a project."""
        return self.folder / "project"

    @property
    def slots(self) -> Path:
        """The folder of the lines that it inserts into files of core and task."""
        return self.folder / "slots"

    @property
    def task(self) -> TaskManifest:
        """The manifest of a plugin that is a task."""
        assert isinstance(self.manifest, TaskManifest)
        return self.manifest

    @property
    def feature(self) -> FeatureManifest:
        """The manifest of a plugin that is a feature."""
        assert isinstance(self.manifest, FeatureManifest)
        return self.manifest


class InvalidPlugin(NamedTuple):
    """A plugin that cannot be used, and why."""

    name: str
    source: str
    reason: str


def all_plugins(folders: Sequence[Path] = ()) -> list[Plugin | InvalidPlugin]:
    """Return the plugins of every source; an invalid one does not affect the others."""
    sources = all_sources(folders)
    found: list[Plugin | InvalidPlugin] = []
    for source in sorted(sources, key=lambda source: source.name):
        try:
            check_unique(source.name, sources)
            found.append(read_plugin(source))
        except PluginError as error:
            invalid = InvalidPlugin(source.name, source.origin, one_line(error))
            found.append(invalid)
    return found


def valid_plugins(kind: str, folders: Sequence[Path] = ()) -> list[Plugin]:
    """Return the valid plugins of a kind, by name."""
    found = (plugin for plugin in all_plugins(folders) if isinstance(plugin, Plugin))
    return [plugin for plugin in found if plugin.manifest.kind == kind]


def find_task(name: str, folders: Sequence[Path] = ()) -> Plugin:
    """Return a task; raises as `find_plugin` does."""
    return find_plugin(name, "task", folders)


def find_feature(name: str, folders: Sequence[Path] = ()) -> Plugin:
    """Return a feature; raises as `find_plugin` does."""
    return find_plugin(name, "feature", folders)


def find_plugin(name: str, kind: str, folders: Sequence[Path] = ()) -> Plugin:
    """Return the plugin of this name and kind, without reading any other.

    Raises ArgumentError if there is none, PluginError if it is invalid or if several
    plugins have the name.
    """
    sources = all_sources(folders, name)
    check_unique(name, sources)
    plugin = read_plugin(sources[0]) if sources else None
    if plugin and plugin.manifest.kind == kind:
        return plugin
    if plugin:
        raise ArgumentError(f"{name!r} is a {plugin.manifest.kind}, not a {kind}")
    known = [plugin.name for plugin in valid_plugins(kind, folders)]
    raise ArgumentError(f"unknown {kind} {name!r}; {suggest(name, known)}")


def find_source(name: str, folders: Sequence[Path] = ()) -> PluginSource:
    """Return where the plugin of this name is, without reading it."""
    sources = all_sources(folders, name)
    check_unique(name, sources)
    if sources:
        return sources[0]
    known = sorted({source.name for source in all_sources(folders)})
    raise ArgumentError(f"unknown plugin {name!r}; {suggest(name, known)}")


def check_unique(name: str, sources: Iterable[PluginSource]) -> None:
    """Raise PluginError, which lists them all, if several plugins have one name."""
    claims = [f"{s.origin} ({s.folder})" for s in sources if s.name == name]
    if len(claims) > 1:
        raise PluginError(
            f"{len(claims)} plugins are called {name}: {', '.join(claims)}; "
            "uninstall or leave out all but one"
        )


def suggest(name: str, known: Sequence[str]) -> str:
    """Return the end of a message: the nearest known name, or all of them."""
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"choose from {', '.join(known)}"


def read_plugin(source: PluginSource) -> Plugin:
    """Return the plugin of a source; raise PluginError if it breaks the contract."""
    try:
        return open_plugin(source)
    except PluginError:
        raise
    except OSError as error:
        raise PluginError(f"{error.filename}: {error.strerror}") from error
    except Exception as error:  # whatever a plugin holds must not stop other commands
        raise PluginError(f"{source.folder} cannot be read: {error!r}") from error


def open_plugin(source: PluginSource) -> Plugin:
    """Return the plugin of a source, as `read_plugin` does, or raise any error."""
    if source.problem:
        raise PluginError(source.problem)
    toml = source.folder / TOML
    manifest = read_manifest(toml)
    if manifest.name != source.name:
        offered = f"but it is offered as {source.name!r}; make them equal"
        raise PluginError(f"{toml}: name is {manifest.name!r}, {offered}")
    if not in_range(__version__, manifest.scaffold):
        needed = f"needs torch-scaffold {manifest.scaffold}, this is {__version__}"
        needed += "; upgrade the plugin, or install that version"
        raise PluginError(f"{toml}: {needed}")
    plugin = Plugin(manifest, source.folder, source.origin)
    check_files(plugin)
    return plugin


def check_files(plugin: Plugin) -> None:
    """Raise PluginError if files are missing, or not where the contract allows."""
    if not plugin.overlay.is_dir():
        raise PluginError(f"{plugin.overlay} is missing: the files of the plugin")
    for folder in (plugin.overlay, plugin.slots):
        if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
            raise PluginError(f"{folder} must be a folder, and no symlink")
    paths = {target(path): path for path in list_files(plugin.overlay)}
    purposes = plugin.manifest.files
    free = plugin.manifest.kind == "feature"  # its [files] may declare any path
    for path, file in sorted(paths.items()):
        check_target(plugin.overlay / file, path)
        if not path.startswith(FOLDERS) and not (free and path in purposes):
            allowed = ", ".join(FOLDERS)
            raise PluginError(f"{plugin.overlay / file}: files go below {allowed} only")
        if file.endswith(".py.jinja"):
            raise PluginError(f"{plugin.overlay / file}: Python files have no .jinja")
        if path not in purposes:
            raise PluginError(f"{plugin.folder / TOML}: no line in [files] for {path}")
    required = REQUIRED if plugin.manifest.kind == "task" else ()
    for name in required:
        if f"{FOLDERS[0]}{name}" not in paths:
            raise PluginError(f"{plugin.overlay / FOLDERS[0] / name} is missing")
    for path in sorted(purposes.keys() - paths.keys()):
        raise PluginError(f"{plugin.folder / TOML}: [files] names {path!r}, not there")


def check_target(file: Path, path: str) -> None:
    """Raise PluginError for paths that Git acts on, or that the project reserves."""
    try:
        check_path(path, str(file))
    except ProjectError as error:
        raise PluginError(str(error)) from error
    if path.startswith((".scaffold/", "runs/", "data/")):
        raise PluginError(f"{file}: this folder is reserved")
