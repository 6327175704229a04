"""Validate project names: the package must be importable and shadow nothing."""

import keyword
import re
import sys
import tomllib

from scaffold.errors import ArgumentError
from scaffold.tree import Tree

# Folders of every project, and modules that pytest imports from its root.
RESERVED = frozenset(["test", "tests", "docs", "runs", "data", "package", "conftest"])
# Reserved device names: Windows allows no folders of these names.
WINDOWS_DEVICES = frozenset(
    [
        "con",
        "prn",
        "aux",
        "nul",
        *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)),
    ]
)
# Packages whose import name differs from their distribution name.
IMPORTED_AS = {"scikit-learn": "sklearn", "pillow": "pil", "pyyaml": "yaml"}
# Import names of what the requirements of core and features need; a test compares this
# list with the installed packages.
DEPENDENCIES = """
annotated_doc annotated_types anyio click cloudpickle contourpy cycler dateutil
docstring_parser fastapi filelock fonttools fsspec h11 httpcore2 httpx2 idna
iniconfig jinja2 joblib kiwisolver lightning_utilities markupsafe mpmath narwhals
networkx numpy opentelemetry packaging pil pluggy pydantic_core pygments pyparsing
scipy setuptools six starlette sympy threadpoolctl triton truststore typeguard
typing_extensions typing_inspection tzdata uvicorn
"""
INDIRECT_DEPENDENCIES = frozenset(DEPENDENCIES.split())


def check_project_name(name: str, package: str, files: Tree) -> None:
    """Raise ArgumentError if a project of this name could not import its dependencies.

    The dependencies and test modules are read from `files`.
    """
    pyproject = files["pyproject.toml"].data.decode()
    if keyword.iskeyword(package):
        problem = "is a Python keyword"
    elif package in sys.stdlib_module_names:
        problem = "would shadow a module of the standard library"
    elif package in required_modules(pyproject) | INDIRECT_DEPENDENCIES:
        problem = "would shadow a dependency"
    elif package in RESERVED or f"tests/{package}.py" in files:
        problem = "is used by every project"
    elif package in WINDOWS_DEVICES:
        problem = "is a reserved device name on Windows"
    else:
        return
    advice = f"choose another name, such as --set project_name=my-{name}"
    raise ArgumentError(
        f"invalid project name {name!r}: package {package!r} {problem}; {advice}"
    )


def required_modules(pyproject: str) -> set[str]:
    """Return the import names of a project's dependencies, as far as known."""
    project = tomllib.loads(pyproject)["project"]
    lines = list(project["dependencies"])
    for extra in project.get("optional-dependencies", {}).values():
        lines += extra
    names = {
        re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0].lower() for line in lines
    }
    modules = {IMPORTED_AS.get(name, name) for name in names} | names
    return {re.sub(r"[-.]+", "_", module) for module in modules}
