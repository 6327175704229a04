"""What serves around training, and is not needed to understand it."""
