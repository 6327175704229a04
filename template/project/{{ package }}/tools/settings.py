"""The settings of a run, in its `config.json`."""

import json
from dataclasses import asdict
from pathlib import Path

from ..config import Config
from ..errors import ProjectError
from .files import replacing


def write_config(run: Path, config: Config) -> None:
    """Write the settings of a run into its `config.json`."""
    text = json.dumps(asdict(config), indent=2) + "\n"
    with replacing(run / "config.json") as file:
        file.write(text.encode())


def read_config(run: Path) -> Config:
    """Return the settings in `config.json`; raise ProjectError if they are none."""
    path = run / "config.json"
    try:
        return Config(**json.loads(path.read_text(encoding="utf-8")))
    except (TypeError, ValueError) as error:
        raise ProjectError(f"{path} is damaged; start a new run") from error
