from .report import columns

# slot: commands
commands["columns"] = columns

# slot: evaluate_end
from .results import print_results

print_results(model, datasets[0], datasets[-1], data_info)
