"""A generated project, imported into this process."""

import importlib
from types import ModuleType

Found = tuple[str, str, str]  # what is wrong, in which file, how to mend it


class Project:
    """The modules of a generated project, imported."""

    def __init__(self, package: str) -> None:
        self.package = package

    def __getattr__(self, name: str) -> ModuleType:
        return importlib.import_module(f"{self.package}.{name}")

    def run(self, *words: str) -> int:
        """Run a command of the project; return its exit code."""
        main = importlib.import_module(f"{self.package}.__main__").main
        try:
            return int(main(words))
        except SystemExit as end:  # a mistyped flag, in argparse's way
            return int(end.code or 0)
