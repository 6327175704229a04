from .early_stopping import should_stop

# slot: setup
if start and should_stop(run / "metrics.csv", start, config.patience):
    raise SystemExit(f"error: {run} has stopped early: there is nothing to resume")

# slot: epoch_end
if should_stop(run / "metrics.csv", epoch + 1, config.patience):
    checkpoint.save(run / "last.pt", epoch + 1, model, optimizer)
    break
