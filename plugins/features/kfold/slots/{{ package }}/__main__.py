from .kfold import kfold

# slot: commands
commands["kfold"] = kfold
