"""Data and metric of this task."""

import torch

from package import loss
from package.config import Config
from package.data import make_datasets
from package.model import build_model


### EXERCISE: data
def test_every_patient_is_in_exactly_one_set():
    train_data, validation_data, test_data, _ = make_datasets(Config())
    lengths = [len(train_data), len(validation_data), len(test_data)]
    assert lengths == [264, 89, 89], "split 60:20:20: a fifth, then a quarter"


### EXERCISE: data
def test_only_the_training_set_is_standardized_exactly():
    train_data, _, test_data, _ = make_datasets(Config())
    x = train_data.tensors[0]
    message = "standardize by mean and std of the training set, and of no other"
    assert x.mean(dim=0).abs().max() < 1e-4, message
    assert (x.std(dim=0) - 1).abs().max() < 1e-4, message
    assert test_data.tensors[0].mean(dim=0).abs().max() > 0.01, message


### EXERCISE: model
def test_an_untrained_model_predicts_values_near_the_mean_of_the_target():
    train_data, _, _, data_info = make_datasets(Config())
    predictions = build_model(Config(), data_info)(train_data.tensors[0])
    difference = abs(predictions.mean() - data_info["y_mean"])
    message = "outputs must have the units of the target: * self.y_std + self.y_mean"
    assert difference < data_info["y_std"], message


### EXERCISE: loss
def test_the_loss_is_the_mean_squared_error():
    outputs, y = torch.tensor([[1.0], [2.0]]), torch.tensor([[0.0], [4.0]])
    assert loss.loss_fn(outputs, y) == 2.5, "the loss must be the mean squared error"


### EXERCISE: predict
def test_the_outputs_are_the_predictions():
    outputs = torch.tensor([[1.5], [-2.0]])
    assert loss.to_predictions(outputs).equal(outputs), "outputs are values already"


def test_mae_is_the_mean_absolute_error():
    predictions, y = torch.tensor([[1.0], [2.0]]), torch.tensor([[0.0], [4.0]])
    assert loss.metric_fn(predictions, y) == 1.5
