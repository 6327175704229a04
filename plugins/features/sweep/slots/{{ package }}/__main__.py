from .sweep import sweep

# slot: commands
commands["sweep"] = sweep
