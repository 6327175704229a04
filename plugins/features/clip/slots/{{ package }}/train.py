from .clip import clip_gradients

# slot: setup
clip_gradients(optimizer, config.max_norm)
