from .my_feature import my_feature

# slot: commands
commands["my-feature"] = my_feature
