"""Every number of this project in one place; each field is also a flag of `train`."""

from dataclasses import asdict, dataclass, field, fields
from math import isfinite
from typing import Any

from .errors import SettingError


def flag(default: Any, help: str, **rules: Any) -> Any:
    """Declare a field: its default, what `train --help` says, and what it may be."""
    return field(default=default, metadata={"help": help, **rules})


# why: frozen, so that no code can change a setting halfway through a run. What the
# checkpoint says about a run is then true for all of it.
@dataclass(frozen=True)
class Config:
    """The settings of one run; read `config.lr`, or type `train --lr 0.1`."""

    epochs: int = flag(100, "passes over the training data", minimum=1)
    batch_size: int = flag(0, "examples in a step, 0 for all of them", minimum=0)
    optimizer: str = flag("sgd", "how weights move", choices=("sgd", "adam"))
    lr: float = flag(0.01, "learning rate: length of a step", above=0, maximum=1e38)
    seed: int = flag(42, "first weights, order of batches", minimum=0, maximum=2**63)
    device: str = flag("auto", "auto, cpu, cuda, mps, ...")
    precision: str = flag("float32", "of products", choices=("float32", "bf16"))
    compile: bool = flag(False, "compile the model: slow to begin, then faster")
    patience: int = flag(0, "stop after epochs without gain, 0: never", minimum=0)
    # slot: config

    def __post_init__(self) -> None:
        values = asdict(self)
        for setting in fields(self):
            check(setting.name, values[setting.name], **setting.metadata)


def check(
    name: str,
    value: Any,
    *,
    help: str,
    choices: tuple[str, ...] = (),
    minimum: float | None = None,
    maximum: float | None = None,
    above: float | None = None,
) -> None:
    """Raise SettingError if a setting has a value that it may not have."""
    rule = ""
    if choices and value not in choices:
        rule = f"one of {', '.join(choices)}"
    elif isinstance(value, float) and not isfinite(value):
        rule = "a finite number"
    elif minimum is not None and value < minimum:
        rule = f"{minimum} or more"
    elif maximum is not None and value > maximum:
        rule = f"{maximum} or less"
    elif above is not None and value <= above:
        rule = f"above {above}"
    if rule:
        option = "--" + name.replace("_", "-")
        raise SettingError(f"{option} ({help}) must be {rule}, not {value!r}")
