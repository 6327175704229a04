from .doctor import doctor

# slot: commands
commands["doctor"] = doctor
