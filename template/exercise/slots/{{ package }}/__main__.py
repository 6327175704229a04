from .exercises import exercises, print_error

# slot: commands
sys.excepthook = print_error
commands["exercises"] = exercises
