"""What the tests share: the data, a model, and one short training run."""

from contextlib import chdir

import pytest
import torch

from package.config import Config
from package.data import make_datasets
from package.loss import (
    # {% if build_loss_fn %}
    build_loss_fn,
    # {% else %}
    loss_fn,
    # {% endif %}
)
from package.model import build_model
from package.train import train


# slot: hooks
@pytest.fixture(scope="session")
def config():
    return Config(epochs=3, batch_size=64, device="cpu")


@pytest.fixture(scope="session")
def datasets(config):
    # {% if data_info %}
    return make_datasets(config)[:-1]
    # {% else %}
    return make_datasets(config)
    # {% endif %}


@pytest.fixture
def model(config):
    torch.manual_seed(0)
    # {% if data_info %}
    return build_model(config, make_datasets(config)[-1])
    # {% else %}
    return build_model(config)
    # {% endif %}


@pytest.fixture(name="loss_fn")
def get_loss_fn(config):
    # {% if build_loss_fn and data_info %}
    return build_loss_fn(config, make_datasets(config)[-1])
    # {% elif build_loss_fn %}
    return build_loss_fn(config)
    # {% else %}
    return loss_fn
    # {% endif %}


@pytest.fixture(scope="session")
def trained_folder(config, tmp_path_factory):
    """Return a folder with one finished run in runs/001."""
    folder = tmp_path_factory.mktemp("trained")
    with chdir(folder):
        train(config)
    return folder
