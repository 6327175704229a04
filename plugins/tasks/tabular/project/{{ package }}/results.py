"""How good the model is, beside simpler ones."""

import warnings

import torch
from torch import Tensor, nn
from torch.utils.data import TensorDataset

from . import loss
from .engine import predict
from .report import to_table

MAX_ROWS = 20_000  # of the training set, to fit simpler models


# {% if family == "regression" %}
def predict_values(
    outputs: Tensor, train_data: TensorDataset, x_test: Tensor, data_info: dict
) -> dict[str, list[float]]:
    """Return the predictions of this and of simpler models for the test set."""
    from sklearn.dummy import DummyRegressor
    from sklearn.ensemble import HistGradientBoostingRegressor
    from sklearn.linear_model import RidgeCV

    x, y = train_data[:MAX_ROWS]
    mean, std = data_info["mean"], data_info["std"]
    answers = {"this model": loss.to_predictions(outputs)}
    simpler = {
        "always the mean": DummyRegressor(strategy="mean"),
        "always the median": DummyRegressor(strategy="median"),
        "linear regression": RidgeCV([0.01, 1, 100]),
        "gradient boosting": HistGradientBoostingRegressor(random_state=0),
    }
    for name, estimator in simpler.items():
        estimator.fit(x.numpy(), (y.double().flatten().numpy() - mean) / std)
        answers[name] = torch.tensor(estimator.predict(x_test.numpy())) * std + mean
    return {name: loss.to_values(answer, data_info) for name, answer in answers.items()}


def score_values(truth: list[float], predictions: list[float]) -> dict[str, float]:
    """Return the metrics of predictions."""
    from sklearn import metrics

    return {
        "MAE": metrics.mean_absolute_error(truth, predictions),
        "RMSE": metrics.root_mean_squared_error(truth, predictions),
        "R2": metrics.r2_score(truth, predictions),
    }


def fit_interval(
    model: nn.Module, validation_data: TensorDataset, data_info: dict
) -> dict[str, float]:
    """Return how far 90 % of values are from their prediction, at most, as data info.

    This is split conformal prediction (Lei et al. 2018, arXiv:1604.04173). Of less than
    nine rows it says nothing.
    """
    x, y = validation_data[:]
    errors = (loss.to_predictions(predict(model, x)) - y).abs().flatten()
    rank = -(-9 * (len(errors) + 1) // 10)  # 90 %, rounded up
    if rank > len(errors):
        return {}
    return {"interval": errors.kthvalue(rank).values.item() * data_info["unit"]}


# {% else %}
def predict_probabilities(
    outputs: Tensor, train_data: TensorDataset, x_test: Tensor
) -> dict[str, Tensor]:
    """Return the probabilities of this and of simpler models for the test set."""
    from sklearn.dummy import DummyClassifier
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression

    x, y = train_data[:MAX_ROWS]
    answers = {"this model": loss.to_probabilities(outputs).double()}
    simpler = {
        "always the majority": DummyClassifier(strategy="prior"),
        "logistic regression": LogisticRegression(max_iter=300),
        "gradient boosting": HistGradientBoostingClassifier(random_state=0),
    }
    for name, estimator in simpler.items():
        estimator.fit(x.numpy(), y.long().numpy())
        answers[name] = torch.zeros_like(answers["this model"])
        found = torch.tensor(estimator.predict_proba(x_test.numpy())).double()
        answers[name][:, estimator.classes_] = found  # some may lack in training
    return answers


def score_classes(y: Tensor, probabilities: Tensor) -> dict[str, float]:
    """Return the metrics of predicted probabilities."""
    from sklearn import metrics

    labels, classes = probabilities.argmax(dim=1), range(probabilities.shape[1])
    known = len(set(y.tolist())) == len(classes)  # otherwise ROC AUC is undefined
    p = probabilities[:, 1] if len(classes) == 2 else probabilities
    auc = metrics.roc_auc_score(y, p, multi_class="ovr") if known else float("nan")
    return {
        "accuracy": metrics.accuracy_score(y, labels),
        "balanced accuracy": metrics.balanced_accuracy_score(y, labels),
        "F1 (macro)": metrics.f1_score(y, labels, average="macro"),
        "ROC AUC": auc,
        "log loss": metrics.log_loss(y, probabilities, labels=list(classes)),
    }


# {% endif %}
def print_results(
    model: nn.Module,
    train_data: TensorDataset,
    test_data: TensorDataset,
    data_info: dict,
) -> None:
    """Print metrics of the test set, those of simpler models beside them."""
    x, y = test_data.tensors
    outputs = predict(model, x)
    if not outputs.isfinite().all():
        raise SystemExit("error: predictions are not finite; train a new run")
    with warnings.catch_warnings(action="ignore"):  # rare classes, slow convergence
        # {% if family == "regression" %}
        answers = predict_values(outputs, train_data, x, data_info)
        truth = loss.to_values(y, data_info)
        scores = {name: score_values(truth, answer) for name, answer in answers.items()}
        # {% else %}
        answers = predict_probabilities(outputs, train_data, x)
        scores = {name: score_classes(y, p) for name, p in answers.items()}
        # {% endif %}
    heads = list(next(iter(scores.values())))
    rows = [[name, *map("{:.4g}".format, s.values())] for name, s in scores.items()]
    print(to_table([["test set", *heads], *rows]))
    # {% if family == "regression" %}
    errors = {name: s["MAE"] for name, s in scores.items()}
    # {% else %}
    errors = {name: 1 - s["accuracy"] for name, s in scores.items()}
    # {% endif %}
    own, best = errors.pop("this model"), min(errors, key=errors.__getitem__)
    trivial = min(e for name, e in errors.items() if name.startswith("always"))
    if own >= trivial:
        what = "this model is not better than always giving the same answer"
        print(f"note: by {heads[0]}, {what}")
    elif own > errors[best]:
        print(f"note: by {heads[0]}, {best} is better than this model")
