from .report import save_columns
from .results import print_results

# slot: setup
checkpoint.check_data(run, data_info)
save_columns(run, data_info)

# slot: run_end
print_results(model, train_data, test_data, data_info)
# {% if family == "regression" %}
from .results import fit_interval

data_info |= fit_interval(model, validation_data, data_info)
checkpoint.save_data_info(run, data_info)
# {% endif %}
