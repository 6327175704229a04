"""Loss, predictions, metrics and plots of this task."""

import pytest
import torch
from torch import nn
from torch.utils.data import TensorDataset

from package import loss, results
from package.config import Config
from package.engine import predict
from package.plots import plot_importance


class FirstInput(nn.Module):
    """A model whose outputs depend on the first input only."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))

    def forward(self, x):
        # {% if family == "regression" %}
        return x[:, :1] * self.weight
        # {% elif family == "binary" %}
        return x[:, 0] * self.weight
        # {% else %}
        return x[:, :1] * self.weight * torch.tensor([1.0, -1.0, 0.0])
        # {% endif %}


def test_permutation_importance_is_0_for_columns_without_influence():
    columns = [{"name": name} for name in ("size", "colour", "day")]
    data_info = {"columns": columns, "width": 6, "counts": [1, 1]}
    data_info["input_names"] = [
        "n__0",
        "n__2",
        "c__2 sine",
        "c__1_u",
        "c__1_v",
        "n__2_",
    ]
    model, x = FirstInput(), torch.randn(50, 6)
    dataset = TensorDataset(x, loss.to_predictions(predict(model, x)))
    figures = plot_importance(model, dataset, data_info)
    (axes,) = figures["importance"].axes
    *others, first = [bar.get_width() for bar in axes.patches]
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert (len(names), names[-1]) == (3, "size")
    assert others == pytest.approx([0, 0], abs=1e-6)
    assert first > 0


def test_predictions_that_are_not_finite_are_refused():
    dataset = TensorDataset(torch.full((4, 6), torch.nan), torch.zeros(4, 1))
    with pytest.raises(SystemExit, match="predictions are not finite"):
        results.print_results(FirstInput(), dataset, dataset, {})


# {% if family == "regression" %}
def test_mae_is_the_mean_absolute_error():
    outputs, y = torch.tensor([[1.0], [2.0]]), torch.tensor([[0.0], [4.0]])
    assert loss.build_loss_fn(Config(), {}).metric(outputs, y) == 1.5


def test_the_interval_has_90_percent_of_the_validation_set_and_one_more():
    errors = torch.arange(1.0, 20.0).unsqueeze(dim=1)  # 0.9 * (19 + 1) = 18
    dataset = TensorDataset(errors, torch.zeros(19, 1))
    data_info = {"unit": 10.0}
    found = results.fit_interval(FirstInput(), dataset, data_info)
    assert found == {"interval": 180.0}
    few = TensorDataset(*dataset[:8])
    assert results.fit_interval(FirstInput(), few, data_info) == {}


# {% else %}
def test_accuracy_is_the_fraction_of_correct_predictions():
    logits, y = torch.tensor([[3.0, -3.0], [-3.0, 3.0]]), torch.tensor([0, 0])
    # {% if family == "binary" %}
    logits = logits[:, 1]
    # {% endif %}
    assert loss.build_loss_fn(Config(), {"counts": [1, 1]}).metric(logits, y) == 0.5


def test_class_weights_make_rare_classes_count_as_much():
    y, data_info = torch.tensor([0] * 19 + [1]), {"counts": [19, 1]}
    always_0 = torch.tensor([[4.0, -4.0]] * 20)
    # {% if family == "binary" %}
    y, always_0 = y.float(), always_0[:, 1]
    # {% endif %}
    loss_fn = loss.build_loss_fn(Config(), data_info)
    assert loss_fn(always_0, y) < loss_fn(-always_0, y)
    loss_fn = loss.build_loss_fn(Config(class_weights=True), data_info)
    assert loss_fn(always_0, y).item() == pytest.approx(loss_fn(-always_0, y).item())


def test_results_have_the_metrics_of_probabilities():
    probabilities = torch.tensor([[0.9, 0.1], [0.6, 0.4]], dtype=torch.float64)
    scores = results.score_classes(torch.tensor([0, 1]), probabilities)
    assert scores["ROC AUC"] == 1
    assert scores["accuracy"] == scores["balanced accuracy"] == 0.5


# {% endif %}
### EXERCISE: loss
def test_the_loss_of_known_outputs():
    loss_fn = loss.build_loss_fn(Config(), {"counts": [1, 1]})
    inner = getattr(loss_fn, "loss_fn", None)
    assert not isinstance(inner, type), "a class makes no loss: write L1Loss()"
    # {% if family == "regression" %}
    value = loss_fn(torch.tensor([[1.0], [2.0]]), torch.tensor([[0.0], [4.0]]))
    expected, message = torch.tensor(1.5), "the loss must be the mean absolute error"
    # {% elif family == "binary" %}
    value = loss_fn(torch.zeros(4), torch.tensor([0.0, 1.0, 0.0, 1.0]))
    message = "the loss must take logits, not probabilities: nn.BCEWithLogitsLoss()"
    expected = torch.tensor(2.0).log()
    # {% else %}
    value = loss_fn(torch.zeros(3, 10), torch.tensor([0, 5, 9]))
    message = "the loss must take logits, not probabilities: nn.CrossEntropyLoss()"
    expected = torch.tensor(10.0).log()
    # {% endif %}
    torch.testing.assert_close(value, expected, msg=message)


### EXERCISE: predict
def test_the_predictions_of_known_outputs():
    # {% if family == "regression" %}
    predictions = loss.to_predictions(torch.tensor([[1.5], [-2.0]]))
    assert predictions.tolist() == [[1.5], [-2]], "outputs are values already"
    # {% elif family == "binary" %}
    predictions = loss.to_predictions(torch.tensor([-3.0, -0.1, 0.1, 3.0]))
    assert predictions.tolist() == [0, 0, 1, 1], "class 1 is a sigmoid above 0.5"
    # {% else %}
    logits = torch.tensor([[2.0, -1.0, 0.0], [-5.0, -4.0, -6.0]])
    predictions = loss.to_predictions(logits)
    message = "the class of a row is the index of its largest logit: argmax(dim=1)"
    assert predictions.tolist() == [0, 1], message
    # {% endif %}
