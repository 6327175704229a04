from .serving import serve

# slot: commands
commands["serve"] = serve
