"""Data and metric of this task."""

import torch

from package import loss
from package.config import Config
from package.data import make_datasets
from package.model import build_model


### EXERCISE: data
def test_the_points_are_the_same_in_every_run():
    train_data, test_data = make_datasets(Config(n_samples=500, noise=0.1))
    assert (len(train_data), len(test_data)) == (400, 100), "split n_samples 80:20"
    first, message = torch.tensor([-0.5152, -0.7494]), "pass noise, and seed twice"
    assert torch.allclose(train_data[0][0].float(), first, rtol=0, atol=5e-5), message


### EXERCISE: model
def test_the_model_is_not_linear():
    model, x = build_model(Config()), 10 * torch.randn(100, 2)
    bend = model(x) + model(-x) - 2 * model(0 * x)
    assert bend.abs().max() > 1e-3, "layers without activation are one linear map"


### EXERCISE: loss
def test_the_loss_of_an_undecided_model_is_log_2():
    value = loss.loss_fn(torch.zeros(4), torch.tensor([0.0, 1.0, 0.0, 1.0]))
    message = "the loss must take logits, not probabilities: nn.BCEWithLogitsLoss()"
    torch.testing.assert_close(value, torch.tensor(2.0).log(), msg=message)


### EXERCISE: predict
def test_a_positive_logit_predicts_class_1():
    predictions = loss.to_predictions(torch.tensor([-3.0, -0.1, 0.1, 3.0]))
    assert predictions.tolist() == [0, 0, 1, 1], "class 1 is a sigmoid above 0.5"


def test_accuracy_is_the_fraction_of_correct_predictions():
    y = torch.tensor([0.0, 1.0, 0.0, 1.0])
    assert loss.metric_fn(torch.tensor([0.0, 1.0, 1.0, 1.0]), y) == 0.75
