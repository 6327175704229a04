"""The model and its loss: shapes, gradients, a batch of one."""

import torch

from package import loss
from package.engine import predict


### EXERCISE: model
def test_an_example_gets_the_same_outputs_alone_and_in_a_batch(model, datasets):
    assert list(model.parameters()), "__init__ must set layers as attributes"
    x, _ = datasets[0][:8]
    together = predict(model, x)
    # {% if family != "custom" %}
    assert together.dtype == torch.float32, "outputs must be float32, like the layers"
    # {% endif %}
    # {% if family == "multiclass" %}
    n_classes = 1 + int(max(dataset[:][1].max() for dataset in datasets))
    found = tuple(together.shape)
    assert found == (8, n_classes), f"outputs are {found}, and not (N, {n_classes})"
    # {% elif family != "custom" %}
    expected, found = datasets[0][:8][1].shape, together.shape
    assert found == expected, f"outputs are {[*found]}, and labels {[*expected]}"
    # {% endif %}
    alone = [predict(model, row) for row in x.split(1)]
    message = "a batch of one lost its dimension: squeeze(dim=1), not squeeze()"
    assert alone[0].ndim == together.ndim, message
    torch.testing.assert_close(torch.cat(alone), together, rtol=1e-4, atol=1e-5)


### EXERCISE: model
def test_gradients_reach_every_parameter(model, datasets):
    x, _ = datasets[0][:8]
    model.train()(x).sum().backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, f"{name} is not used in forward()"


# {% if family in ("binary", "multiclass") %}
### EXERCISE: model
def test_outputs_are_logits_of_any_sign(model, datasets):
    outputs = []
    for _ in range(10):
        for parameter in model.parameters():
            torch.nn.init.normal_(parameter)
        outputs.append(predict(model, datasets[0][:8][0]))
    assert torch.cat(outputs).min() < 0, "outputs must be logits, not probabilities"


# {% endif %}
### EXERCISE: loss
def test_the_loss_is_a_mean_over_the_batch(model, datasets, loss_fn):
    assert not isinstance(loss_fn, type), "a class makes no loss: write L1Loss()"
    x, y = datasets[0][:8]
    outputs = predict(model, x)
    value = loss_fn(outputs, y)
    assert value.shape == (), "a loss is one number, as backward() needs it"
    twice = loss_fn(torch.cat([outputs, outputs]), torch.cat([y, y]))
    message = "the loss must be a mean: a sum grows with the size of the batch"
    torch.testing.assert_close(twice, value, msg=message)


### EXERCISE: predict
def test_a_batch_of_one_has_one_prediction(model, datasets):
    x, y = datasets[0][:1]
    predictions = loss.to_predictions(predict(model, x))
    # {% if family == "custom" %}
    assert len(predictions) == len(y)
    # {% else %}
    found, expected = ([*tensor.shape, tensor.dtype] for tensor in (predictions, y))
    assert found == expected, f"predictions are {found}, and labels {expected}"
    # {% endif %}
