"""The places where plugins lie: the product, named folders, installed packages."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

PACKAGE = Path(__file__).parent
# In the wheel the data lies in the package, in a checkout beside it.
DATA = PACKAGE / "_data" if (PACKAGE / "_data").is_dir() else PACKAGE.parents[1]
BASE = DATA / "template"
GROUP = "scaffold.plugins"  # the entry points of packages that bring a plugin
TOML = "plugin.toml"


class Place(NamedTuple):
    """A folder that should hold a plugin, under which name, and where it comes from."""

    name: str
    folder: Path
    source: str  # "built-in", "folder" or "package NAME VERSION"


def all_places(folders: Sequence[Path] = ()) -> list[Place]:
    """Return every place once: built-in plugins, `folders`, installed packages.

    Nothing is read but names, so that one broken plugin cannot hide the others.
    """
    found: dict[Path, Place] = {}
    for place in [*built_in(), *map(named_folder, folders), *installed()]:
        found.setdefault(place.folder.resolve(), place)
    return list(found.values())


def built_in() -> Iterator[Place]:
    """Yield the plugins that come with the product."""
    for folder in sorted((DATA / "plugins").iterdir()):
        if folder.is_dir() and not folder.name.startswith((".", "_")):
            yield Place(folder.name, folder, "built-in")


def named_folder(path: Path) -> Place:
    """Return the plugin in a folder, or in the package whose folder that is."""
    path = path.absolute()
    inner = [*path.glob(f"*/{TOML}"), *path.glob(f"src/*/{TOML}")]
    folder = path if (path / TOML).exists() or len(inner) != 1 else inner[0].parent
    return Place(name_in(folder / TOML) or folder.name, folder, "folder")


def name_in(toml: Path) -> str:
    """Return the name that a `plugin.toml` gives, or "" if it cannot be told."""
    import tomllib

    try:
        name = tomllib.loads(toml.read_text(encoding="utf-8")).get("name", "")
    except (OSError, ValueError):
        return ""
    return name if isinstance(name, str) else ""


def installed() -> Iterator[Place]:
    """Yield the plugins of installed packages; nothing of theirs is imported."""
    from importlib.metadata import entry_points

    for point in entry_points(group=GROUP):
        dist = point.dist
        source = f"package {dist.name} {dist.version}" if dist else "package"
        yield Place(point.name, package_folder(point.value), source)


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
