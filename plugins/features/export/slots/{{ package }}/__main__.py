from .export import export

# slot: commands
commands["export"] = export
