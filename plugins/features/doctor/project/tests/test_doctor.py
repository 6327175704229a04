"""The command doctor: it passes as generated, and finds common mistakes."""

import pytest
import torch
from torch import nn

from package import doctor, smoke_test


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


def fail(monkeypatch, capsys, name, value):
    """Return the line of the check that fails when a function is replaced."""
    monkeypatch.setattr(smoke_test, name, value)
    with pytest.raises(SystemExit):
        doctor.doctor()
    return capsys.readouterr().out.splitlines()[-1]


def test_a_loss_that_sums_is_found(monkeypatch, capsys):
    mean = smoke_test.loss_fn

    def sum_over_batch(outputs, y):
        return mean(outputs, y) * len(y)

    assert "not the sum" in fail(monkeypatch, capsys, "loss_fn", sum_over_batch)


def test_a_loss_without_reduction_is_found(monkeypatch, capsys):
    mean = smoke_test.loss_fn

    def no_reduction(outputs, y):
        return mean(outputs, y) * torch.ones(len(y))

    line = fail(monkeypatch, capsys, "loss_fn", no_reduction)
    assert line.startswith("FAIL")


def test_predictions_that_lose_the_batch_dimension_are_found(monkeypatch, capsys):
    def squeeze(outputs):
        return outputs.sum()

    line = fail(monkeypatch, capsys, "to_predictions", squeeze)
    assert "batch of one" in line


def test_a_parameter_without_gradient_is_found(monkeypatch, capsys):
    build = smoke_test.build_model

    def with_unused_layer(*arguments):
        model = build(*arguments)
        model.unused = nn.Linear(1, 1)
        return model

    line = fail(monkeypatch, capsys, "build_model", with_unused_layer)
    assert "unused.weight is not used" in line
