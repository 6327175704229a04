"""A composed template on disk, as a plain Copier template with a README."""

from pathlib import Path

from scaffold.destination import staged
from scaffold.manifest import Manifest
from scaffold.project import write_tree
from scaffold.tree import File, Tree

README = """\
# {title}: a Copier template

{summary}.

```console
copier copy . ../my-{name}
```

writes a PyTorch project that trains at once. Published in a Git repository with tags,
it also updates the projects made from it: `copier update`. It needs no `--trust`.

This template was composed by torch-scaffold {version} from its base and the plugin
`{name}` {plugin_version}; `scaffold template export` composes it anew.
"""


def export_template(tree: Tree, task: Manifest, folder: Path) -> None:
    """Write a composed template into `folder`, whole or not at all.

    Raises DestinationError if the folder is taken or cannot be written.
    """
    from scaffold import __version__

    readme = README.format(
        name=task.name,
        title=task.title,
        summary=task.summary,
        version=__version__,
        plugin_version=task.version,
    )
    with staged(folder) as stage:
        write_tree(tree | {"README.md": File(readme.encode())}, stage)
