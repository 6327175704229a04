"""The parameters with the largest values."""

from torch import nn

from package.my_feature import largest_parameters


def test_the_largest_parameter_comes_first():
    layer = nn.Linear(2, 1)
    nn.init.constant_(layer.weight, 0.5)
    nn.init.constant_(layer.bias, -2.0)
    assert largest_parameters(layer, top=1) == ["bias"]
    assert largest_parameters(layer, top=3) == ["bias", "weight"]
