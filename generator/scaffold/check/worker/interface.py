"""Check what a task offers to the core: names, and shapes and dtypes of its data."""

import json
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import torch

Found = tuple[str, str, str]  # what is wrong, in which file, how to fix it

NAMES = {
    "data": ("make_datasets", "encode_inputs"),
    "model": ("build_model",),
    "loss": ("loss_fn", "METRIC", "metric_fn", "to_predictions"),
    "plots": ("plot_predictions",),
}
CLASSIFICATION = ("binary", "multiclass")
LABELS = {
    "regression": torch.float32,
    "binary": torch.float32,
    "multiclass": torch.int64,
}


def check_names(package: str, task: Mapping[str, Any]) -> Iterator[Found]:
    """Yield the names of the contract that a module of the task lacks."""
    for name, names in (NAMES | {"loss": list_loss_names(task)}).items():
        module = import_module(f"{package}.{name}")
        for wanted in names:
            if not hasattr(module, wanted):
                what = f"{wanted} is missing"
                yield what, f"{name}.py", f"define {wanted} in {name}.py"


def list_loss_names(task: Mapping[str, Any]) -> list[str]:
    """Return what loss.py has to define, by family and kind of the loss function."""
    names = [*NAMES["loss"]]
    if task["build_loss_fn"]:
        names = ["build_loss_fn", *(name for name in names if not name.endswith("_fn"))]
    if task["family"] in CLASSIFICATION:
        names.append("to_probabilities")
    return names + ["to_values"] * (task["family"] == "custom")


def check_data(package: str, task: Mapping[str, Any]) -> Iterator[Found]:
    """Yield what is wrong with the data sets, and with what describes the inputs."""
    data = import_module(f"{package}.data")
    config = import_module(f"{package}.config").Config()
    made = data.make_datasets(config)
    names = ["train", *(["validation"] if task["validation"] else []), "test"]
    wanted = [*names, *(["data_info"] if task["data_info"] else [])]
    if len(made) != len(wanted):
        what = f"make_datasets returns {len(made)} values, not {', '.join(wanted)}"
        how = "see validation and data_info in plugin.toml"
        yield what, "data.py", how
        return
    for name, dataset in zip(names, made, strict=False):
        yield from check_dataset(name, dataset, task["family"])
    yield from check_inputs(data, made[-1] if task["data_info"] else None, task)


def check_dataset(name: str, dataset: Any, family: str) -> Iterator[Found]:
    """Yield what is wrong with the examples and labels of a data set."""
    x, y = dataset[slice(None)]
    if not len(x) == len(y) == len(dataset) > 0:
        what = f"{name} has {len(x)} x and {len(y)} y"
        yield what, "data.py", "return a label for each example"
        return
    if x.is_floating_point() and x.dtype != torch.float32:
        yield f"{name}: x is {x.dtype}", "data.py", "use float32: MPS has no float64"
    if x.is_floating_point() and not x.isfinite().all():
        yield f"{name}: x contains NaN or inf", "data.py", "impute or drop such values"
    shape = (len(x), 1) if family == "regression" else (len(x),)
    if family in LABELS and (y.dtype, tuple(y.shape)) != (LABELS[family], shape):
        wanted = f"{LABELS[family]} {shape}"
        what = f"{name}: y is {y.dtype} {tuple(y.shape)}, not {wanted}"
        yield what, "data.py", f"labels of the family {family} are {wanted}"


def check_inputs(data: Any, data_info: Any, task: Mapping[str, Any]) -> Iterator[Found]:
    """Yield what is missing in the description of inputs and classes."""
    if task["data_info"]:
        try:
            json.dumps(data_info)
        except TypeError as error:
            yield f"data_info is not JSON: {error}", "data.py", "use plain data, lists"
            return
        found = {"INPUTS": data_info.get("inputs"), "CLASSES": data_info.get("classes")}
        place, keys = 'data_info["{}"]', {"INPUTS": "inputs", "CLASSES": "classes"}
    else:
        found = {name: getattr(data, name, None) for name in ("INPUTS", "CLASSES")}
        place, keys = "{}", {"INPUTS": "INPUTS", "CLASSES": "CLASSES"}
    wanted = {"INPUTS": "the example values of the inputs, by name"}
    if task["family"] in CLASSIFICATION:
        wanted["CLASSES"] = "the names of the classes"
    for name, what in wanted.items():
        if not found[name]:
            key = place.format(keys[name])
            yield f"{key} is missing", "data.py", f"define {key}: {what}"


def check_outputs(package: str, task: Mapping[str, Any]) -> Iterator[Found]:
    """Yield how the outputs of the model differ from what its family needs."""
    data, model = (import_module(f"{package}.{name}") for name in ("data", "model"))
    config = import_module(f"{package}.config").Config()
    train, *_, last = data.make_datasets(config)
    info = [last] if task["data_info"] else []
    x, y = train[:4]
    shape = tuple(model.build_model(config, *info)(x).shape)
    classes = len(info[0].get("classes", ()) if info else getattr(data, "CLASSES", ()))
    wanted = (len(x), classes) if task["family"] == "multiclass" else tuple(y.shape)
    if task["family"] in LABELS and shape != wanted:
        what = f"the outputs for {len(x)} examples are {shape}, not {wanted}"
        how = f"return outputs {wanted} from forward, with squeeze or unsqueeze"
        yield what, "model.py", how
