"""Where plugins are found: the product, named folders, installed packages."""

import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from scaffold.errors import PluginError
from scaffold.tree import MAX_BYTES, read_regular_file

PACKAGE = Path(__file__).parents[1]
# In the wheel, the data is inside the package; in a checkout, next to it.
DATA = PACKAGE / "_data" if (PACKAGE / "_data").is_dir() else PACKAGE.parents[1]
BASE = DATA / "template"
GROUP = "scaffold.plugins"  # the entry points of packages that bring a plugin
RECORD = ".dist-info"
TOML = "plugin.toml"
POINT = re.compile(r"([a-z][a-z0-9-]*)\s*=\s*([A-Za-z_]\w*(?:\.\w+)*)", re.ASCII)
# Where a plugin comes from, as a recipe records it.
ORIGIN = r"built-in|folder|package [\w.-]{1,100} [\w.+!-]{1,50}"


class PluginSource(NamedTuple):
    """A folder that should hold a plugin, its name, and where it comes from."""

    name: str
    folder: Path
    origin: str  # "built-in", "folder" or "package NAME VERSION"
    problem: str = ""  # why it cannot be read


def all_sources(folders: Sequence[Path] = (), name: str = "") -> list[PluginSource]:
    """Return every source once: built-in plugins, `folders`, installed packages.

    With `name`, only those of this name. Only names are read, so that an invalid plugin
    cannot hide the others, and hundreds of them cost little. A plugin of `folders`
    hides installed ones of its name: whoever names it works on it.
    """
    named = [named_folder(folder) for folder in folders]
    hidden = {source.name for source in named}
    packages = (source for source in installed(name) if source.name not in hidden)
    sources = [*built_in(), *named, *packages]
    sources = [source for source in sources if name in {"", source.name}]
    if not folders:
        return sources
    # One folder may be given twice.
    once: dict[Path, PluginSource] = {}
    for source in sources:
        once.setdefault(source.folder.resolve(), source)
    return list(once.values())


def hidden_packages(folders: Sequence[Path]) -> dict[str, PluginSource]:
    """Return the plugins in folders that hide an installed one, by its package."""
    named = {source.name: source for source in map(named_folder, folders)}
    return {
        source.origin: named[source.name]
        for source in installed()
        if source.name in named
        and named[source.name].folder.resolve() != source.folder.resolve()
    }


def built_in() -> Iterator[PluginSource]:
    """Yield the plugins that come with the product."""
    for folder in sorted((DATA / "plugins").glob("*/*")):
        if folder.is_dir() and not folder.name.startswith((".", "_")):
            yield PluginSource(folder.name, folder, "built-in")


def named_folder(path: Path) -> PluginSource:
    """Return the plugin in a folder, or in the package whose folder that is."""
    path = path.absolute()
    inner = [*path.glob(f"*/{TOML}"), *path.glob(f"src/*/{TOML}")]
    folder = path if (path / TOML).exists() or len(inner) != 1 else inner[0].parent
    return PluginSource(name_in(folder / TOML) or folder.name, folder, "folder")


def name_in(toml: Path) -> str:
    """Return the name that a `plugin.toml` gives, or "" if it cannot be told."""
    from scaffold.catalog.manifest_reader import read_toml

    try:
        name = read_toml(toml).get("name", "")
    except PluginError:
        return ""
    return name if isinstance(name, str) else ""


def installed(name: str = "") -> Iterator[PluginSource]:
    """Yield the plugins of installed packages, or those called `name`; imports nothing.

    Reads what pip records of each package, as the specifications of recorded projects
    and of entry points describe it. importlib.metadata does the same, but takes as long
    to import as all of `scaffold list`.
    """
    seen: set[str] = set()
    for info in map(Path, recorded()):
        package, _, version = info.name.removesuffix(RECORD).partition("-")
        if package in seen:
            continue  # hidden by one earlier on the path, as for imports
        seen.add(package)
        package = package.replace("_", "-")
        for source in plugin_points(info / "entry_points.txt", package, version):
            if name in {"", source.name}:
                yield source


def recorded() -> Iterator[str]:
    """Yield the folder that pip keeps for each installed package."""
    for folder in dict.fromkeys(sys.path):
        try:
            names = sorted(os.listdir(folder or "."))  # noqa: PTH208
        except OSError:
            continue
        for name in names:
            if name.endswith(RECORD):
                yield f"{folder or '.'}/{name}"


def plugin_points(path: Path, package: str, version: str) -> Iterator[PluginSource]:
    """Yield the plugins in the `entry_points.txt` of a package.

    One that cannot be read becomes a plugin with the name of the package, and with a
    problem, so that it is listed.
    """
    origin = f"package {package} {version}"
    try:
        for line in plugin_lines(path):
            found = POINT.fullmatch(line)
            if not found:
                raise PluginError(f"{path}: {line!r} is not a line NAME = PACKAGE")
            if not re.fullmatch(ORIGIN, origin):
                raise PluginError(f"{path.parent} is not called NAME-VERSION{RECORD}")
            yield PluginSource(found[1], package_folder(found[2]), origin)
    except (FileNotFoundError, NotADirectoryError):
        return
    except (PluginError, OSError) as error:
        yield PluginSource(package, path.parent, origin, str(error))


def plugin_lines(path: Path) -> Iterator[str]:
    """Yield the lines of the section of plugins in an `entry_points.txt`."""
    text = read_regular_file(path, MAX_BYTES).decode(errors="replace")
    section = ""
    for line in map(str.strip, text.split("\n") if f"[{GROUP}]" in text else ()):
        if line.startswith("["):
            section = line
        elif section == f"[{GROUP}]" and line and not line.startswith(("#", ";")):
            yield line


def package_folder(module: str) -> Path:
    """Return the folder of a package that may be nested, without importing any of it.

    Python finds `a.b` by executing `a`, so `a` is looked for, and `b` joined on.
    """
    from importlib.util import find_spec

    top, *rest = module.split(".")
    try:
        spec = find_spec(top)
    except Exception:  # packages bring finders, and those can raise anything
        spec = None
    roots = list(spec.submodule_search_locations or ()) if spec else []
    return Path(roots[0] if roots else top, *rest)
