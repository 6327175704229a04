"""The command doctor: it passes as generated, and finds common mistakes."""

import pytest
import torch
from torch import nn

from package import doctor, engine, loss, smoke_test


def test_it_passes_as_generated(capsys):
    doctor.doctor()
    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith("ok") for line in lines)
    assert any(line.split()[1] == "plots:" for line in lines)


def test_a_missing_package_is_named_with_the_command_to_install_it(capsys):
    assert not doctor.check_requirement("no-such-package>=1")
    assert "pip install 'no-such-package>=1'" in capsys.readouterr().out


def test_a_package_that_is_too_old_is_reported(capsys):
    assert not doctor.check_requirement("torch>=999")
    assert "does not fit" in capsys.readouterr().out


def fail(monkeypatch, capsys, module, name, value):
    """Return the line of the check that fails when a function is replaced."""
    monkeypatch.setattr(module, name, value)
    with pytest.raises(SystemExit):
        doctor.doctor()
    return capsys.readouterr().out.splitlines()[-1]


def fail_with_loss_times(factor, monkeypatch, capsys):
    """Return the line of the check that fails when the loss is multiplied."""
    # {% if build_loss_fn %}
    build = loss.build_loss_fn

    def build_other(*arguments):
        loss_fn = build(*arguments)
        mean = loss_fn.forward
        loss_fn.forward = lambda out, y: mean(out, y) * factor(y)
        return loss_fn

    return fail(monkeypatch, capsys, loss, "build_loss_fn", build_other)
    # {% else %}
    mean = loss.loss_fn

    def other(out, y):
        return mean(out, y) * factor(y)

    return fail(monkeypatch, capsys, loss, "loss_fn", other)
    # {% endif %}


@pytest.mark.parametrize("factor", [len, lambda y: 1 / len(y)])
def test_a_loss_that_is_no_mean_is_found(monkeypatch, capsys, factor):
    line = fail_with_loss_times(factor, monkeypatch, capsys)
    assert line.startswith("FAIL  loss: not a mean")


def test_a_loss_without_reduction_is_found(monkeypatch, capsys):
    line = fail_with_loss_times(lambda y: torch.ones(len(y)), monkeypatch, capsys)
    assert line.startswith("FAIL  loss: shape (8,); use reduction='mean'")


def test_outputs_that_lose_the_batch_dimension_are_found(monkeypatch, capsys):
    predict = engine.predict

    def squeeze(model, x):
        outputs = predict(model, x)
        return outputs.squeeze(dim=0) if len(x) == 1 else outputs

    line = fail(monkeypatch, capsys, engine, "predict", squeeze)
    assert line.startswith("FAIL  prediction: outputs for a batch of one: shape")


# {% if family in ("binary", "multiclass") %}
def test_probabilities_that_lose_the_batch_dimension_are_found(monkeypatch, capsys):
    compute = loss.to_probabilities

    def squeeze(outputs):
        return compute(outputs).squeeze()

    line = fail(monkeypatch, capsys, loss, "to_probabilities", squeeze)
    assert line.startswith("FAIL  prediction: probabilities for a batch of one")


# {% endif %}
# {% if family != "custom" %}
def test_outputs_of_another_shape_than_the_labels_are_found(monkeypatch, capsys):
    predict = engine.predict

    def add_dimension(model, x):
        return predict(model, x).unsqueeze(dim=-1)

    line = fail(monkeypatch, capsys, engine, "predict", add_dimension)
    assert line.startswith("FAIL  loss: ")


# {% endif %}
def test_a_parameter_without_gradient_is_found(monkeypatch, capsys):
    build = smoke_test.build_model

    def with_unused_layer(*arguments):
        model = build(*arguments)
        model.unused = nn.Linear(1, 1)
        return model

    line = fail(monkeypatch, capsys, smoke_test, "build_model", with_unused_layer)
    assert line.startswith("FAIL  gradients: unused.weight has none")


def test_an_error_in_changed_code_is_one_line_with_its_place(monkeypatch, capsys):
    def broken(*_):
        raise RuntimeError("first\nsecond")

    line = fail(monkeypatch, capsys, engine, "predict", broken)
    assert line.startswith("FAIL  model: RuntimeError: first second; see smoke_test.py")
