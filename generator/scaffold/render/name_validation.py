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
# Import names of the dependencies of torch, matplotlib, scikit-learn, uvicorn and the
# test tools; a test compares this list with the installed packages.
INDIRECT_DEPENDENCIES = frozenset(
    {
        *(
            "cloudpickle",
            "contourpy",
            "cycler",
            "dateutil",
            "filelock",
            "fonttools",
            "fsspec",
        ),
        *("iniconfig", "jinja2", "joblib", "kiwisolver", "lightning_utilities"),
        *("markupsafe", "mpmath", "narwhals", "networkx", "packaging", "pil", "pluggy"),
        *("pygments", "pyparsing", "scipy", "setuptools", "six", "sympy"),
        *("anyio", "click", "h11", "idna"),
        *("threadpoolctl", "triton", "typing_extensions", "tzdata"),
    }
)


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
