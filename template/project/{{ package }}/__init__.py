"""{{ task_title }}: start reading in config.py, then follow train.py."""
