"""Checkpoints: what is loaded is what was saved, and nothing else is loaded."""

import pytest
import torch
from torch import nn

from package import checkpoint


def make(steps=1):
    """Return a layer and its optimizer, after some training steps."""
    layer = nn.Linear(2, 1)
    optimizer = torch.optim.Adam(layer.parameters(), lr=0.1)
    layer(torch.ones(1, 2)).sum().backward()
    for _ in range(steps):
        optimizer.step()
    return layer, optimizer


def write(path, layer, optimizer):
    """Write a checkpoint as save() does."""
    states = {"model": layer.state_dict(), "optimizer": optimizer.state_dict()}
    torch.save({**states, "epochs": 7, "model_code": checkpoint.MODEL_CODE}, path)


### EXERCISE: save
def test_a_checkpoint_contains_epochs_model_and_optimizer(tmp_path):
    layer, optimizer = make()
    (tmp_path / "a.tmp").touch()
    checkpoint.save(tmp_path / "a.pt", 7, layer, optimizer)
    assert (tmp_path / "a.pt").stat().st_size, "torch.save must write to tmp"
    content = torch.load(tmp_path / "a.pt", weights_only=False)
    assert isinstance(content, dict), "save a dict: a pickled model needs its code"
    missing = {"epochs", "model", "optimizer", "model_code"} - {*content}
    assert not missing, f"the checkpoint has no {', '.join(sorted(missing))}"
    assert content["epochs"] == 7, "epochs must be the number that save() gets"
    assert content["model_code"] == checkpoint.MODEL_CODE, "save MODEL_CODE as it is"
    for key, saved in (("model", layer), ("optimizer", optimizer)):
        message = f"save {key}.state_dict(): a pickled {key} needs the code of today"
        assert isinstance(content[key], dict), message
        torch.testing.assert_close(content[key], saved.state_dict())


### EXERCISE: save
def test_a_failed_write_keeps_the_previous_checkpoint(tmp_path, monkeypatch):
    def write_half(content, file, save=torch.save):
        save("half", file)
        raise OSError("disk full")

    checkpoint.save(tmp_path / "a.pt", 1, *make())
    before = (tmp_path / "a.pt").read_bytes()
    monkeypatch.setattr(torch, "save", write_half)
    with pytest.raises(OSError, match="disk full"):
        checkpoint.save(tmp_path / "a.pt", 2, *make())
    assert (tmp_path / "a.pt").read_bytes() == before


### EXERCISE: load
def test_loading_restores_model_and_optimizer(tmp_path):
    layer, optimizer = make(steps=2)
    write(tmp_path / "a.pt", layer, optimizer)
    other, other_optimizer = make()
    assert checkpoint.load(tmp_path / "a.pt", other, other_optimizer) == 7
    for saved, now in ((layer, other), (optimizer, other_optimizer)):
        message = f"load_state_dict() was not called: {type(now).__name__}"
        torch.testing.assert_close(now.state_dict(), saved.state_dict(), msg=message)
    checkpoint.load(tmp_path / "a.pt", other)  # without an optimizer


class MaliciousPickle:
    def __reduce__(self):
        return pytest.fail, ("the file ran code: load it with weights_only=True",)


### EXERCISE: load
def test_code_in_a_checkpoint_is_not_run(tmp_path):
    torch.save({"model": MaliciousPickle()}, tmp_path / "a.pt")
    with pytest.raises(OSError, match="Weights only load failed"):
        checkpoint.load(tmp_path / "a.pt", *make())


### EXERCISE: load
def test_the_error_names_what_does_not_fit_the_model(tmp_path):
    layer, optimizer = make()
    write(tmp_path / "a.pt", layer, optimizer)
    with pytest.raises(OSError, match=r"Missing key\(s\) .*0\.weight"):
        checkpoint.load(tmp_path / "a.pt", nn.Sequential(layer), optimizer)
        pytest.fail("weights of another model were ignored: no strict=False")


# {% if validation %}
def test_the_checkpoint_with_the_lowest_validation_loss_is_loaded(
    trained_folder, monkeypatch
):
    monkeypatch.chdir(trained_folder)
    run, _, model = checkpoint.load_run()
    rows = (run / "metrics.csv").read_text().splitlines()[1:]
    losses = [float(row.split(",")[2]) for row in rows]  # validation_loss
    best = torch.load(run / "best.pt", map_location="cpu", weights_only=True)
    assert best["epochs"] == 1 + losses.index(min(losses))
    torch.testing.assert_close(model.cpu().state_dict(), best["model"])


# {% endif %}
def test_changed_model_code_is_reported(tmp_path, monkeypatch, capsys):
    checkpoint.save(tmp_path / "a.pt", 1, *make())
    monkeypatch.setattr(checkpoint, "MODEL_CODE", "# changed")
    checkpoint.load(tmp_path / "a.pt", *make())
    assert "model.py has changed" in capsys.readouterr().err
