"""A project to read and to change: start with config.py, then train.py."""
