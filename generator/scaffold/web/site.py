"""The files of the page: its own, Pyodide, and the Python code that runs there."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path

from scaffold.catalog.discovery import DATA, GROUP, PACKAGE
from scaffold.catalog.plugins import Plugin, all_plugins
from scaffold.errors import ScaffoldError
from scaffold.tree import list_files

PAGE, RUNTIME = DATA / "web" / "page", DATA / "web" / "runtime"
MARK = "pyodide.asm.wasm"  # in RUNTIME, if that was built
PACKAGES = ("errors", "tree", "catalog", "compose", "render", "project", "web")
# Modules of other packages that those import, by the name of their distribution; their
# compiled parts are optional. msgspec has none in Python, and is part of the runtime.
MODULES = {
    "jinja2": "jinja2",
    "jinja2-ansible-filters": "jinja2_ansible_filters",
    "markupsafe": "markupsafe",
    "packaging": "packaging",
    "pyyaml": "yaml",
}
Site = dict[str, Callable[[], bytes]]  # what reads a file, by its path in the URL


def make_site(folders: Sequence[Path]) -> Site:
    """Return all files of the page, with the plugins in `folders` and installed ones.

    Raises ScaffoldError if the runtime was not built.
    """
    if not (RUNTIME / MARK).is_file():
        raise ScaffoldError(
            "the page needs Pyodide, which is not part of this installation; run make "
            "web in a checkout of torch-scaffold, which gets it with npm"
        )
    files = {path: PAGE / path for path in list_files(PAGE)}
    files |= {f"runtime/{path}": RUNTIME / path for path in list_files(RUNTIME)}
    site: Site = {path: file.read_bytes for path, file in files.items()}
    return site | {"python.zip": partial(zip_python, folders)}


def zip_python(folders: Sequence[Path]) -> bytes:
    """Return a zip of the Python code and the plugins, as they are now."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, path in {**dict(modules()), **dict(built_in_data())}.items():
            archive.write(path, name)
        places: dict[str, str] = {}
        for plugin in all_plugins(folders):
            if isinstance(plugin, Plugin) and plugin.source != "built-in":
                add_plugin(archive, plugin, places)
        archive.writestr("folders.json", json.dumps(places))
    return buffer.getvalue()


def modules() -> Iterator[tuple[str, Path]]:
    """Yield the modules of scaffold and of other packages, with their licences."""
    for path in sorted(PACKAGE.rglob("*.py")):
        module = path.relative_to(PACKAGE)
        if module.parts[0].removesuffix(".py") in {*PACKAGES, "__init__"}:
            yield f"scaffold/{module.as_posix()}", path
    for name, package in MODULES.items():
        spec = find_spec(package)
        assert spec and spec.submodule_search_locations, f"{name} is not installed"
        root = Path(spec.submodule_search_locations[0])
        for path in sorted(root.rglob("*.py")):
            yield f"{package}/{path.relative_to(root).as_posix()}", path
        for file in distribution(name).files or ():
            if "licen" in file.name.lower():
                yield f"licences/{name}/{file.name}", Path(str(file.locate()))


def built_in_data() -> Iterator[tuple[str, Path]]:
    """Yield the core and the built-in plugins, where scaffold looks for them."""
    for folder in ("template", "plugins"):
        for path in list_files(DATA / folder):
            yield f"scaffold/_data/{folder}/{path}", DATA / folder / path


def add_plugin(
    archive: zipfile.ZipFile, plugin: Plugin, places: dict[str, str]
) -> None:
    """Add a plugin so that it is found as it was here, in a folder or a package.

    The folders are recorded in `places`, with their path on this machine.
    """
    folder = f"plugins/{plugin.name}"
    if plugin.source.startswith("package "):
        _, package, version = plugin.source.split(" ")
        folder = f"plugin_{plugin.name.replace('-', '_')}"
        info = f"{package.replace('-', '_')}-{version}.dist-info/entry_points.txt"
        archive.writestr(info, f"[{GROUP}]\n{plugin.name} = {folder}\n")
    else:
        places[folder] = str(plugin.folder)
    for path in list_files(plugin.folder):
        archive.write(plugin.folder / path, f"{folder}/{path}")


def write_site(site: Mapping[str, Callable[[], bytes]], folder: Path) -> None:
    """Write the files of the page to a folder, for any web server."""
    for path, read in site.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(read())
