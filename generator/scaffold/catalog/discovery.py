"""Where plugins are found: the product, named folders, installed packages."""

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

PACKAGE = Path(__file__).parents[1]
# In the wheel, the data is inside the package; in a checkout, next to it.
DATA = PACKAGE / "_data" if (PACKAGE / "_data").is_dir() else PACKAGE.parents[1]
BASE = DATA / "template"
GROUP = "scaffold.plugins"  # the entry points of packages that bring a plugin
RECORD = ".dist-info"
TOML = "plugin.toml"


class PluginSource(NamedTuple):
    """A folder that should hold a plugin, its name, and where it comes from."""

    name: str
    folder: Path
    origin: str  # "built-in", "folder" or "package NAME VERSION"


def all_sources(folders: Sequence[Path] = (), name: str = "") -> list[PluginSource]:
    """Return every source once: built-in plugins, `folders`, installed packages.

    With `name`, only those of this name. Only names are read, so that an invalid plugin
    cannot hide the others, and hundreds of them cost little.
    """
    sources = [*built_in(), *map(named_folder, folders), *installed(name)]
    sources = [source for source in sources if name in {"", source.name}]
    if not folders:
        return sources
    # A folder may also be installed, as an editable package.
    once: dict[Path, PluginSource] = {}
    for source in sources:
        once.setdefault(source.folder.resolve(), source)
    return list(once.values())


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
    import tomllib

    try:
        name = tomllib.loads(toml.read_text(encoding="utf-8")).get("name", "")
    except (OSError, ValueError):
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
        for task, module in plugin_points(info / "entry_points.txt"):
            if name in {"", task}:
                source = f"package {package.replace('_', '-')} {version}"
                yield PluginSource(task, package_folder(module), source)


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


def plugin_points(path: Path) -> Iterator[tuple[str, str]]:
    """Yield name and module of the plugins in an `entry_points.txt`, if any."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return
    if f"[{GROUP}]" not in text:
        return
    from configparser import ConfigParser, Error

    parser = ConfigParser(delimiters=("=",), interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    try:
        parser.read_string(text)
    except Error:
        return
    yield from parser[GROUP].items()


def package_folder(module: str) -> Path:
    """Return the folder of a package that may be nested, without importing any of it.

    Python finds `a.b` by executing `a`, so `a` is looked for, and `b` joined on.
    """
    from importlib.util import find_spec

    top, *rest = module.split(".")
    try:
        spec = find_spec(top)
    except (ImportError, ValueError):
        spec = None
    roots = list(spec.submodule_search_locations or ()) if spec else []
    return Path(roots[0] if roots else top, *rest)
