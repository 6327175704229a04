from .folds import split_fold

# slot: data
if config.fold:
    # {% if validation %}
    train_data, validation_data = split_fold(config, train_data, validation_data)
    # {% else %}
    train_data, test_data = split_fold(config, train_data)
    # {% endif %}
