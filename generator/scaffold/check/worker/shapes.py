"""Proofs that the parts of a project fit together: names, labels, shapes, gradients."""

import tempfile
from collections.abc import Iterator
from typing import Any

import torch

from scaffold.check.worker.generated import Found, Project

NAMES = {
    "data": ("load_data", "read_inputs"),
    "model": ("build_model",),
    "objective": ("loss", "decide", "METRIC"),
    "figures": ("draw",),
}
LABELS = {
    "regression": torch.float32,
    "binary": torch.float32,
    "multiclass": torch.int64,
}


def prove_names(project: Project) -> Iterator[Found]:
    """The modules of the task import, and offer the names of the contract."""
    for module, names in NAMES.items():
        offered = vars(getattr(project, module))
        for name in names:
            if name not in offered:
                yield (
                    f"{name} is missing",
                    f"{module}.py",
                    f"define {name} in {module}.py",
                )
    metric = project.objective.METRIC
    if not isinstance(metric, project.contract.Metric):
        yield (
            "METRIC is no Metric",
            "objective.py",
            "write METRIC = Metric(name, score, ...)",
        )


def prove_data(project: Project, family: str) -> Iterator[Found]:
    """Every part has examples and labels of the family's type; the state is plain."""
    data = project.data.load_data(project.config.Config())
    for part in ("train", "test", "validation"):
        split = getattr(data, part)
        if split is not None:
            yield from prove_split(part, split, family)
    yield from prove_state(data.state)


def prove_split(part: str, split: Any, family: str) -> Iterator[Found]:
    """A part of the data has rows, in the types that the family asks for."""
    x, y = split
    if len(x) == 0 or len(x) != len(y):
        yield (
            f"{part} has {len(x)} x and {len(y)} y",
            "data.py",
            "give each row its label",
        )
        return
    if x.is_floating_point() and x.dtype != torch.float32:
        yield f"{part}: x is {x.dtype}", "data.py", "use float32: MPS has no float64"
    if x.is_floating_point() and not torch.isfinite(x).all():
        yield f"{part}: x holds nan or inf", "data.py", "impute or drop such values"
    shape = (len(x), 1) if family == "regression" else (len(x),)
    if y.dtype != LABELS[family] or y.shape != shape:
        wanted = f"{LABELS[family]} {shape}"
        what = f"{part}: y is {y.dtype} {tuple(y.shape)}, not {wanted}"
        yield what, "data.py", f"labels of the family {family} are {wanted}"


def prove_state(state: dict[str, Any]) -> Iterator[Found]:
    """The state names the inputs, and a checkpoint can hold it."""
    if not isinstance(state.get("inputs"), dict) or not state["inputs"]:
        how = 'put "inputs" into the state: name = example'
        yield 'the state names no "inputs"', "data.py", how
    with tempfile.TemporaryFile() as file:
        torch.save(state, file)
        file.seek(0)
        try:
            torch.load(file, weights_only=True)
        except Exception:
            how = "keep to tensors, texts, numbers, lists and dicts"
            yield "the state is no plain data", "data.py", how


def prove_model(project: Project) -> Iterator[Found]:
    """Outputs, losses, decisions and scores fit together, and gradients flow."""
    data = project.data.load_data(project.config.Config())
    torch.manual_seed(0)
    model = project.model.build_model(project.config.Config(), data.state)
    x, y = data.train.x[:64], data.train.y[:64]
    outputs = model(x)
    losses = project.objective.loss(outputs, y)
    decisions = project.objective.decide(outputs.detach(), data.state)
    scores = project.objective.METRIC.score(decisions, y)
    each = {"loss": losses, "decide": decisions, "METRIC.score": scores}
    for name, values in each.items():
        if values.shape != (len(x),):
            what = f"{name} gives {tuple(values.shape)} for {len(x)} examples"
            yield what, "objective.py", "give one value for each example, (N,)"
        elif not torch.isfinite(values.float()).all():
            yield f"{name} gives nan or inf", "objective.py", "look at the inputs of it"
    losses.mean().backward()
    for name, parameter in model.named_parameters():
        if parameter.grad is None:
            how = "use it in forward, or remove it"
            yield f"parameter {name} gets no gradient", "model.py", how
        elif not torch.isfinite(parameter.grad).all():
            yield (
                f"the gradient of {name} is not finite",
                "model.py",
                "look at the loss",
            )
    yield from prove_inputs(project, model, data)


def prove_inputs(project: Project, model: Any, data: Any) -> Iterator[Found]:
    """The example in the state is encoded like the rows of the data."""
    row = [str(value) for value in data.state["inputs"].values()]
    x = project.data.read_inputs([row], data.state)
    if x.shape[1:] != data.train.x.shape[1:] or x.dtype != data.train.x.dtype:
        what = f"read_inputs gives {x.dtype} {tuple(x.shape)}, which is not like x"
        yield what, "data.py", "encode it as load_data encodes x"
    else:
        project.engine.predict(model, x, data.state)
