"""What leaves the product as a folder to publish: plugin packages and templates."""

from collections.abc import Mapping

from scaffold import __version__
from scaffold.catalog.discovery import BASE, TOML
from scaffold.catalog.manifest_checks import NAME
from scaffold.catalog.plugins import Plugin
from scaffold.compose.composition import compose
from scaffold.compose.recipe import Recipe
from scaffold.errors import ArgumentError
from scaffold.render.template import Template, open_template, render_files
from scaffold.tree import File, Tree, read_tree

# The built-in task that a new plugin of a family begins as a copy of.
ORIGINS = {"regression": "line", "binary": "circle", "multiclass": "blobs"}


def plugin_package(name: str, origin: Plugin) -> Tree:
    """Return a pip-installable package whose task `name` begins as a copy of `origin`.

    Raises ArgumentError for a name that no task can have.
    """
    if not NAME.fullmatch(name):
        rule = "use lower case, digits and hyphens, for example my-task"
        raise ArgumentError(f"{name!r} is no name for a task; {rule}")
    manifest = origin.manifest
    module = f"scaffold_{name.replace('-', '_')}"
    values = {
        "name": name,
        "module": module,
        "origin": manifest.name,
        "dependencies": manifest.dependencies,
        "scaffold_range": manifest.scaffold,
    }
    package = render_shared("plugin", compose(Recipe((origin,))), values)
    old_test, new_test = tests_of(manifest.name), tests_of(name)
    for path, file in read_tree(origin.folder).items():
        if path == TOML:
            text = file.data.decode().replace(old_test, new_test)
            text = text.replace(f'name = "{manifest.name}"', f'name = "{name}"', 1)
            file = File(text.encode())
        package[f"src/{module}/{path.replace(old_test, new_test)}"] = file
    return package


def tests_of(task: str) -> str:
    """Return the name of the file in which a task tests what is particular to it."""
    return f"test_{task.replace('-', '_')}.py"


def template_folder(plugin: Plugin) -> Tree:
    """Return the composed template of a task, with a README, for Copier alone."""
    manifest = plugin.manifest
    values = {
        "name": manifest.name,
        "title": manifest.title,
        "summary": manifest.summary,
        "version": manifest.version,
        "scaffold_version": __version__,
    }
    tree = compose(Recipe((plugin,)))
    return tree | render_shared("export", tree, values)


def render_shared(name: str, tree: Tree, values: Mapping[str, object]) -> Tree:
    """Return the files of a folder beside the base, by the Jinja rules of `tree`."""
    rules = open_template(tree).environment
    return render_files(Template({}, read_tree(BASE / name), rules), values)
