from .tracking import Tracker

# slot: setup
tracker = Tracker(run, config, COLUMNS, start)

# slot: after_evaluate
tracker.log(epoch, train_loss, *metrics)

# slot: run_end
tracker.close()
