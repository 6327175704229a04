from .my_feature import find_lr

# slot: commands
commands["my-feature"] = find_lr
