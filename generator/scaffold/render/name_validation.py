"""Names of projects: which of them make a package, and which stand in the way."""

import keyword
import re
import sys
import tomllib

from scaffold.errors import ArgumentError
from scaffold.tree import Tree

# Folders of every project, and what pytest imports beside the package.
RESERVED = frozenset(["test", "tests", "docs", "runs", "data", "package", "conftest"])
# Names of devices, which Windows does not allow as the name of a folder.
WINDOWS_DEVICES = frozenset(
    [
        "con",
        "prn",
        "aux",
        "nul",
        *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)),
    ]
)
# Packages that are imported under another name than they are installed under.
IMPORTED_AS = {"scikit-learn": "sklearn", "pillow": "pil", "pyyaml": "yaml"}
# What torch, matplotlib, scikit-learn, uvicorn and the test tools import in their turn;
# a test compares this with what is installed.
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
    """Raise ArgumentError if a project of this name could not import what it needs.

    Its `files` say what it depends on, and which modules its tests are.
    """
    pyproject = files["pyproject.toml"].data.decode()
    if keyword.iskeyword(package):
        problem = "is a word of the Python language"
    elif package in sys.stdlib_module_names:
        problem = "is a module of Python itself"
    elif package in required_modules(pyproject) | INDIRECT_DEPENDENCIES:
        problem = "is a package that the project needs"
    elif package in RESERVED or f"tests/{package}.py" in files:
        problem = "is a folder or module of every project"
    elif package in WINDOWS_DEVICES:
        problem = "is the name of a device on Windows"
    else:
        return
    advice = f"choose another, for example --set project_name=my-{name}"
    raise ArgumentError(
        f"project name {name!r}: package {package!r} {problem}; {advice}"
    )


def required_modules(pyproject: str) -> set[str]:
    """Return the modules that a project depends on, as far as their names tell."""
    project = tomllib.loads(pyproject)["project"]
    lines = list(project["dependencies"])
    for extra in project.get("optional-dependencies", {}).values():
        lines += extra
    names = {
        re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0].lower() for line in lines
    }
    modules = {IMPORTED_AS.get(name, name) for name in names} | names
    return {re.sub(r"[-.]+", "_", module) for module in modules}
