"""The data: shapes, dtypes, batches, and the encoding of inputs."""

import torch
from torch.utils.data import Dataset, TensorDataset

from package import data, engine


### EXERCISE: data
def test_every_example_has_a_label_of_the_right_dtype(datasets):
    for dataset in datasets:
        assert isinstance(dataset, Dataset), "return a TensorDataset(x, y) per split"
        x, y = dataset[:]
        assert len(x) == len(y) == len(dataset) > 0
        assert torch.isfinite(x.float()).all()
        # {% if family == "regression" %}
        assert y.dtype == torch.float32, "labels must be float32, like the outputs"
        assert y.shape == (len(x), 1), "labels (N,) would broadcast: they are (N, 1)"
        # {% elif family == "binary" %}
        assert y.dtype == torch.float32, "labels must be float32, like the logits"
        assert y.shape == (len(x),), "labels must have the shape of the logits, (N,)"
        assert set(y.tolist()) <= {0.0, 1.0}
        # {% elif family == "multiclass" %}
        assert y.dtype == torch.int64, "labels must be int64: they are class indices"
        assert y.shape == (len(x),), "labels must be one class index each, (N,)"
        assert y.min() >= 0
        # {% endif %}


### EXERCISE: data
def test_inputs_are_encoded_like_the_training_set(config, datasets):
    # {% if data_info %}
    data_info = data.make_datasets(config)[-1]
    rows = [{name: str(value) for name, value in data_info["inputs"].items()}]
    x = data.encode_inputs(rows, data_info)
    # {% else %}
    x = data.encode_inputs([{name: str(v) for name, v in data.INPUTS.items()}])
    # {% endif %}
    example, _ = datasets[0][0]
    assert x.shape == (1, *example.shape)
    assert x.dtype == example.dtype, f"layers need {x.dtype}, and x is {example.dtype}"


def test_every_epoch_has_each_example_once_in_a_new_order():
    dataset = TensorDataset(torch.arange(10), torch.arange(10))
    dataloader = engine.make_dataloader(dataset, batch_size=4)
    first, second = (torch.cat([x for x, _ in dataloader]).tolist() for _ in range(2))
    assert len(dataloader) == 3
    assert sorted(first) == sorted(second) == list(range(10))
    assert first != second
