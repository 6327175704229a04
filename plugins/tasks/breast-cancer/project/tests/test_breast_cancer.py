"""Data and metric of this task."""

import torch

from package import loss
from package.config import Config
from package.data import encode_inputs, make_datasets


### EXERCISE: data
def test_the_sets_have_the_same_class_proportions():
    train_data, validation_data, test_data, _ = make_datasets(Config())
    lengths = [len(train_data), len(validation_data), len(test_data)]
    assert lengths == [341, 114, 114], "split 60:20:20: a fifth, then a quarter"
    for data in (train_data, validation_data, test_data):
        difference = data.tensors[1].float().mean() - 357 / 569
        assert abs(difference) < 0.01, "class proportions differ: split with stratify"


### EXERCISE: data
def test_only_the_training_set_is_standardized_exactly():
    train_data, _, test_data, _ = make_datasets(Config())
    x = train_data.tensors[0]
    message = "standardize by mean and std of the training set, and of no other"
    assert x.mean(dim=0).abs().max() < 1e-4, message
    assert (x.std(dim=0) - 1).abs().max() < 1e-4, message
    assert test_data.tensors[0].mean(dim=0).abs().max() > 0.01, message


### EXERCISE: data
def test_inputs_are_encoded_like_the_training_set():
    *_, data_info = make_datasets(Config())
    row = {name: str(value) for name, value in data_info["inputs"].items()}
    x = encode_inputs([row], data_info)
    assert x.shape == (1, 30)
    assert x.abs().max() < 10


### EXERCISE: loss
def test_the_loss_of_an_undecided_model_is_log_2():
    value = loss.loss_fn(torch.zeros(4), torch.tensor([0.0, 1.0, 0.0, 1.0]))
    message = "the loss must take logits, not probabilities: nn.BCEWithLogitsLoss()"
    torch.testing.assert_close(value, torch.tensor(2.0).log(), msg=message)


### EXERCISE: predict
def test_a_positive_logit_predicts_class_1():
    predictions = loss.to_predictions(torch.tensor([-3.0, -0.1, 0.1, 3.0]))
    assert predictions.tolist() == [0, 0, 1, 1], "class 1 is a logit above 0"


def test_accuracy_is_the_fraction_of_correct_predictions():
    y = torch.tensor([0.0, 1.0, 0.0, 1.0])
    assert loss.metric_fn(torch.tensor([0.0, 1.0, 1.0, 1.0]), y) == 0.75
