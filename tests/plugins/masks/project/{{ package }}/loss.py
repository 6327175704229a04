"""Loss function, predictions and metric of semantic segmentation."""

from torch import Tensor, nn
from torchmetrics.functional import jaccard_index

from .data import CLASSES

METRIC = "iou"
loss_fn = nn.CrossEntropyLoss()  # the mean over images and pixels


def to_predictions(logits: Tensor) -> Tensor:
    """Return the predicted class of each pixel: (N, C, H, W) -> (N, H, W)."""
    return logits.argmax(dim=1)


def to_values(predictions: Tensor) -> list[str]:
    """Return each mask as a text, a digit for each pixel: (N, H, W) -> N texts."""
    return [
        "/".join("".join(map(str, row)) for row in mask.tolist())
        for mask in predictions
    ]


def metric_fn(predictions: Tensor, y: Tensor) -> Tensor:
    """Return the mean IoU of the classes: (N, H, W), (N, H, W) -> ()."""
    return jaccard_index(predictions, y, "multiclass", num_classes=len(CLASSES))
