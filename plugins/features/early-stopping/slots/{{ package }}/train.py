from .early_stopping import should_stop

# slot: setup
if start and should_stop(run / "metrics.csv", start, config.patience):
    config = config.model_copy(update={"epochs": start})  # only plots are left

# slot: epoch_end
if should_stop(run / "metrics.csv", epoch + 1, config.patience):
    checkpoint.save(run / "last.pt", epoch + 1, model, optimizer)
    break
