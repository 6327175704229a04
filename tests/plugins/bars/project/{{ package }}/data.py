"""Generate images of bars, and split them into three sets."""

import torch
from torch import Tensor
from torch.utils.data import TensorDataset

from .config import Config

SIZE = 12
CLASSES = ("horizontal", "vertical", "rising", "falling")
INPUTS = {f"row_{i}": "0 0 0 0 1 1 0 0 0 0 0 0" for i in range(SIZE)}


def make_datasets(config: Config) -> tuple[TensorDataset, TensorDataset, TensorDataset]:
    """Return training, validation and test set (60:20:20): images (1, 12, 12)."""
    generator = torch.Generator().manual_seed(config.data_seed)
    n = config.n_samples
    y = torch.randint(len(CLASSES), (n,), generator=generator)  # (N,)
    offset = torch.randint(3, SIZE - 3, (n, 1, 1), generator=generator)
    row, column = torch.meshgrid(torch.arange(SIZE), torch.arange(SIZE), indexing="ij")
    middle = SIZE // 2
    distances = torch.stack(  # of each pixel from the bar, in each direction
        [
            (row - offset).abs(),
            (column - offset).abs(),
            (row + column - offset - middle).abs(),
            (row - column - offset + middle).abs(),
        ]
    )  # (4, N, 12, 12)
    bars = (distances[y, torch.arange(n)] < 2).float()
    noise = config.noise * torch.randn(bars.shape, generator=generator)
    x = (bars + noise).unsqueeze(dim=1)  # (N, 1, 12, 12)
    sizes = [round(0.6 * n), round(0.8 * n)]
    parts = zip(x.tensor_split(sizes), y.tensor_split(sizes), strict=True)
    train_data, validation_data, test_data = (TensorDataset(*part) for part in parts)
    return train_data, validation_data, test_data


def encode_inputs(rows: list[dict[str, str]]) -> Tensor:
    """Return images, given as rows of pixels, as x: (N, 1, 12, 12) float32."""
    images = [[list(map(float, row[name].split())) for name in INPUTS] for row in rows]
    return torch.tensor(images).reshape(len(rows), 1, SIZE, SIZE)
