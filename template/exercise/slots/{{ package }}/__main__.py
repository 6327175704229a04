from .exercises import exercises

# slot: commands
commands["exercises"] = exercises
