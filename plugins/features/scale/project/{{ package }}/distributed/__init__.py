"""Training with several processes, on large data, for a long time."""
