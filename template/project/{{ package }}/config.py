"""Hyperparameters: each field of Config is a flag of `train`."""

from typing import Literal

from pydantic import BaseModel, Field


class Config(BaseModel, frozen=True, strict=True, allow_inf_nan=False):
    """Hyperparameters of one run; frozen, so that no code changes them halfway."""

    epochs: int = Field(100, ge=1, lt=2**31, description="passes over the training set")
    batch_size: int | None = Field(None, ge=1, description="None: full batch")
    optimizer: Literal["sgd", "adam"] = Field("sgd", description="optimizer")
    lr: float = Field(0.01, gt=0, description="learning rate")
    seed: int = Field(42, ge=0, lt=2**32, description="seed of weights and shuffling")
    device: str = Field("auto", description="auto, cpu, cuda, mps, ...")
    # slot: config
