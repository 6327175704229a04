"""Data and metric of this task."""

import torch

from package.config import Config
from package.data import make_datasets
from package.loss import loss_fn, metric_fn
from package.model import build_model


### EXERCISE: data
def test_every_patient_is_in_exactly_one_set():
    train_data, validation_data, test_data, _ = make_datasets(Config())
    assert [len(train_data), len(validation_data), len(test_data)] == [264, 89, 89]


### EXERCISE: data
def test_only_the_training_set_is_standardized_exactly():
    train_data, _, test_data, _ = make_datasets(Config())
    x = train_data.tensors[0]
    torch.testing.assert_close(x.mean(dim=0), torch.zeros(10), rtol=0, atol=1e-4)
    torch.testing.assert_close(x.std(dim=0), torch.ones(10), rtol=0, atol=1e-4)
    assert test_data.tensors[0].mean(dim=0).abs().max() > 0.01


### EXERCISE: model
def test_an_untrained_model_predicts_values_near_the_mean_of_the_target():
    train_data, _, _, data_info = make_datasets(Config())
    predictions = build_model(Config(), data_info)(train_data.tensors[0])
    assert abs(predictions.mean() - data_info["y_mean"]) < 2 * data_info["y_std"]


### EXERCISE: loss
def test_the_loss_is_the_mean_squared_error():
    outputs, y = torch.tensor([[1.0], [2.0]]), torch.tensor([[0.0], [4.0]])
    assert loss_fn(outputs, y) == 2.5


def test_mae_is_the_mean_absolute_error():
    predictions, y = torch.tensor([[1.0], [2.0]]), torch.tensor([[0.0], [4.0]])
    assert metric_fn(predictions, y) == 1.5
