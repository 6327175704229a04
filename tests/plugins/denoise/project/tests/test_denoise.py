"""Data and metric of this task."""

import torch

from package.config import Config
from package.data import make_datasets
from package.loss import metric_fn


def test_the_targets_are_the_images_without_noise():
    train_data, test_data = make_datasets(Config(noise=0.5))
    noisy, clean = train_data.tensors
    assert (len(train_data), len(test_data)) == (1437, 360)
    assert (clean.min(), clean.max()) == (0, 1)
    torch.testing.assert_close(
        (noisy - clean).std(), torch.tensor(0.5), rtol=0.02, atol=0
    )


def test_psnr_grows_by_20_if_the_error_is_a_tenth():
    y = torch.zeros(2, 1, 8, 8)
    torch.testing.assert_close(metric_fn(y + 0.1, y), torch.tensor(20.0))
    torch.testing.assert_close(metric_fn(y + 0.01, y), torch.tensor(40.0))
