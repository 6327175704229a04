from .folds import split_fold

# slot: setup
if config.fold:
    # {% if validation %}
    train_data, validation_data = split_fold(config, train_data, validation_data)
    validation_dataloader = make_dataloader(validation_data)
    # {% else %}
    train_data, test_data = split_fold(config, train_data)
    test_dataloader = make_dataloader(test_data)
    # {% endif %}
    train_dataloader = make_dataloader(train_data, config.batch_size)
