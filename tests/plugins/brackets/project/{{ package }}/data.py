"""Generate texts of brackets, encode them, and split them."""

import random

import torch
from torch import Tensor
from torch.utils.data import TensorDataset

from .config import Config

INPUTS = {"text": "[()]"}
CLASSES = ("unbalanced", "balanced")
CHARACTERS = "()[]"  # their tokens are 1 to 4; 0 is padding
MAX_LENGTH = 10


def make_datasets(config: Config) -> tuple[TensorDataset, TensorDataset]:
    """Return training and test set (80:20): tokens (10,) int64 with labels 0 or 1."""
    rng = random.Random(config.data_seed)
    texts = [make_text(rng) for _ in range(config.n_samples)]
    x = encode_inputs([{"text": text} for text in texts])  # (N, 10)
    y = torch.tensor([float(is_balanced(text)) for text in texts])  # (N,)
    n_train = round(0.8 * len(y))
    train_data = TensorDataset(x[:n_train], y[:n_train])
    return train_data, TensorDataset(x[n_train:], y[n_train:])


def make_text(rng: random.Random) -> str:
    """Return a balanced text, in which one character is changed half of the time."""
    text = ""
    for _ in range(rng.randint(1, MAX_LENGTH // 2)):
        start = rng.randint(0, len(text))
        stop = rng.choice(
            [i for i in range(start, len(text) + 1) if is_balanced(text[start:i])]
        )
        left, right = rng.choice(["()", "[]"])
        text = text[:start] + left + text[start:stop] + right + text[stop:]
    if rng.random() < 0.5:
        i = rng.randrange(len(text))
        text = text[:i] + rng.choice(CHARACTERS) + text[i + 1 :]
    return text


def is_balanced(text: str) -> bool:
    """Return whether nothing is left after all pairs were removed."""
    while "()" in text or "[]" in text:
        text = text.replace("()", "").replace("[]", "")
    return not text


def encode_inputs(rows: list[dict[str, str]]) -> Tensor:
    """Return texts as tokens, padded at the end: (N, 10) int64."""
    return torch.tensor([encode(row["text"]) for row in rows])


def encode(text: str) -> list[int]:
    """Return the tokens of a text."""
    if not 0 < len(text) <= MAX_LENGTH or not set(text) <= set(CHARACTERS):
        raise ValueError(f"a text has 1 to {MAX_LENGTH} characters of {CHARACTERS}")
    return [CHARACTERS.index(c) + 1 for c in text] + [0] * (MAX_LENGTH - len(text))
