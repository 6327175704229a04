"""Masks, inputs and metric of this task."""

import pytest
import torch

from package.config import Config
from package.data import (
    INPUTS,
    encode_inputs,
    make_datasets,
)
from package.loss import metric_fn, to_values


def test_each_pixel_has_a_class():
    train_data, test_data = make_datasets(Config())
    assert (len(train_data), len(test_data)) == (320, 80)
    assert train_data.tensors[1].shape == (320, 16, 16)
    assert train_data.tensors[1].unique().tolist() == [0, 1, 2]


def test_an_image_of_another_size_is_refused():
    with pytest.raises(ValueError, match="16 rows of 16 digits"):
        encode_inputs([{"image": INPUTS["image"] + "/0"}])


def test_iou_is_the_intersection_divided_by_the_union():
    predictions, y = torch.tensor([[[0, 0, 1, 2]]]), torch.tensor([[[0, 1, 1, 2]]])
    torch.testing.assert_close(metric_fn(predictions, y), torch.tensor(2 / 3))


def test_a_mask_is_printed_row_by_row():
    assert to_values(torch.tensor([[[0, 1], [2, 0]]])) == ["01/20"]
