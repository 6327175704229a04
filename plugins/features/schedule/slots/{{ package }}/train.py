from .schedule import make_scheduler

# slot: setup
scheduler = make_scheduler(optimizer, config, start)

# slot: epoch_end
scheduler.step()
