"""Data and metric of this task."""

import torch

from package import loss
from package.config import Config
from package.data import make_datasets


### EXERCISE: data
def test_the_points_are_the_same_in_every_run():
    train_data, test_data = make_datasets(Config(n_samples=500, cluster_std=1.0))
    assert (len(train_data), len(test_data)) == (400, 100), "split n_samples 80:20"
    first, message = torch.tensor([-7.1495, -7.8589]), "pass std, and seed twice"
    assert torch.allclose(train_data[0][0].float(), first, rtol=0, atol=5e-5), message


### EXERCISE: loss
def test_the_loss_is_the_negative_log_probability_of_the_true_class():
    logits, y = torch.tensor([[0.5, -2.0, 1.0], [3.0, 0.0, -1.0]]), torch.tensor([2, 1])
    p = torch.softmax(logits, dim=1)
    expected = -torch.stack([p[0, 2], p[1, 1]]).log().mean()
    message = "the loss must take logits, not probabilities: nn.CrossEntropyLoss()"
    torch.testing.assert_close(loss.loss_fn(logits, y), expected, msg=message)


### EXERCISE: predict
def test_the_largest_logit_is_the_prediction():
    logits = torch.tensor([[2.0, -1.0, 0.0], [-5.0, -4.0, -6.0]])
    predictions = loss.to_predictions(logits)
    message = "the class of a row is the index of its largest logit: argmax(dim=1)"
    assert predictions.tolist() == [0, 1], message


def test_accuracy_is_the_fraction_of_correct_predictions():
    assert (
        loss.metric_fn(torch.tensor([0, 1, 2, 3]), torch.tensor([0, 1, 2, 0])) == 0.75
    )
