"""The feature kfold: its accuracy is that of scikit-learn's cross-validation."""

import re
from pathlib import Path

import pytest
from conftest import make_project, run_python
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

SEED = 42  # of split and folds, in both


def cross_validate() -> float:
    """Return the mean accuracy of a logistic regression on the same folds."""
    x, y = load_breast_cancer(return_X_y=True)
    x_rest, _, y_rest, _ = train_test_split(
        x, y, test_size=0.2, stratify=y, random_state=SEED
    )
    x_train, x_val, y_train, y_val = train_test_split(
        x_rest, y_rest, test_size=0.25, stratify=y_rest, random_state=SEED
    )
    model = make_pipeline(StandardScaler(), LogisticRegression())
    folds = StratifiedKFold(5, shuffle=True, random_state=SEED)
    x, y = [*x_train, *x_val], [*y_train, *y_val]
    return float(cross_val_score(model, x, y, cv=folds).mean())


@pytest.mark.slow
def test_breast_cancer_is_within_a_point_of_scikit_learn(tmp_path: Path) -> None:
    words = ["--task", "breast-cancer", "--with", "kfold", "--no-git"]
    folder = make_project(tmp_path, "x", words)
    done = run_python("-m", "x", "kfold", "--device", "cpu", folder=folder)
    assert done.code == 0, done.err
    found = re.search(r"^validation_accuracy: mean ([\d.]+), ", done.out, re.MULTILINE)
    assert found
    ours, theirs = float(found[1]), cross_validate()
    print(f"mean accuracy {ours:.4f}, scikit-learn {theirs:.4f}")
    assert abs(ours - theirs) < 0.01
