"""The model and its loss: shapes, gradients, a batch of one."""

import torch

from package import loss
from package.engine import predict


### EXERCISE: model
def test_an_example_gets_the_same_outputs_alone_and_in_a_batch(model, datasets):
    x, _ = datasets[0][:8]
    together = predict(model, x)
    alone = torch.cat([predict(model, row) for row in x.split(1)])
    torch.testing.assert_close(alone, together, rtol=1e-4, atol=1e-5)
    # {% if family != "custom" %}
    assert together.dtype == torch.float32
    # {% endif %}
    # {% if family == "multiclass" %}
    assert together.shape == (8, together.shape[-1])
    assert together.shape[1] > max(dataset[:][1].max() for dataset in datasets)
    # {% elif family != "custom" %}
    assert together.shape == datasets[0][:8][1].shape
    # {% endif %}


### EXERCISE: model
def test_gradients_reach_every_parameter(model, datasets):
    x, _ = datasets[0][:8]
    model.train()(x).sum().backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, f"{name} is not used in forward()"


### EXERCISE: loss
def test_the_loss_is_a_mean_over_the_batch(model, datasets, loss_fn):
    x, y = datasets[0][:8]
    outputs = predict(model, x)
    value = loss_fn(outputs, y)
    assert value.shape == ()
    twice = loss_fn(torch.cat([outputs, outputs]), torch.cat([y, y]))
    torch.testing.assert_close(twice, value)


### EXERCISE: predict
def test_a_batch_of_one_has_one_prediction(model, datasets):
    x, y = datasets[0][:1]
    predictions = loss.to_predictions(predict(model, x))
    # {% if family == "custom" %}
    assert len(predictions) == len(y)
    # {% else %}
    assert (predictions.shape, predictions.dtype) == (y.shape, y.dtype)
    # {% endif %}
