"""torch-scaffold: writes PyTorch projects from plugins, and keeps them up to date."""

__version__ = "0.2.0"
