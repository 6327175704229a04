"""The data: shapes, dtypes, and the encoding of inputs."""

import torch

from package import data


### EXERCISE: data
def test_every_example_has_a_label_of_the_right_dtype(datasets):
    for dataset in datasets:
        x, y = dataset[:]
        assert len(x) == len(y) == len(dataset) > 0
        assert torch.isfinite(x.float()).all()
        # {% if family == "regression" %}
        assert y.dtype == torch.float32
        assert y.shape == (len(x), 1)
        # {% elif family == "binary" %}
        assert y.dtype == torch.float32
        assert y.shape == (len(x),)
        assert set(y.tolist()) <= {0.0, 1.0}
        # {% elif family == "multiclass" %}
        assert y.dtype == torch.int64
        assert y.shape == (len(x),)
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
    assert x.shape == (1, *datasets[0][0][0].shape)
    assert x.dtype == datasets[0][0][0].dtype
