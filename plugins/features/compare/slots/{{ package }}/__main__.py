from .compare import runs

# slot: commands
commands["runs"] = runs
