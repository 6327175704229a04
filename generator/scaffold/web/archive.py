"""Zip a project, with the same files as `scaffold new` writes."""

import io
import zipfile

from scaffold.project.bundle import BUNDLE, make_bundle
from scaffold.project.create import RenderedProject
from scaffold.tree import File

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can have


def make_zip(rendered: RenderedProject) -> bytes:
    """Return a zip of a project in a folder of its name; equal ones for equal files."""
    files = rendered.files | {BUNDLE: File(make_bundle(rendered.template))}
    for path, source in rendered.answers.files.items():
        files[path] = File(source.read_bytes())
    folder = str(rendered.answers.values["project_name"])
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, file in files.items():
            entry = zipfile.ZipInfo(f"{folder}/{path}", EPOCH)
            entry.create_system = 3  # Unix: the next line is a file mode
            entry.external_attr = (0o100755 if file.executable else 0o100644) << 16
            archive.writestr(entry, file.data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
