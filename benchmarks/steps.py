"""A training step of the task circle beside other libraries: `make bench-training`."""

import tempfile
from functools import partial
from pathlib import Path

import loops
from project import new_project
from timing import alternate, medians, say

ROUNDS = 11
EPOCHS = 60
BATCH = 32


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        project = new_project("circle", Path(scratch) / "project")
        config = project.config.Config()
        train_data, _ = project.data.make_datasets(config)
        work = loops.Work(
            project,
            *train_data.tensors,
            BATCH,
            EPOCHS,
            partial(project.model.build_model, config),
            project.loss.loss_fn,
        )
        times = alternate(
            {
                "generated": partial(loops.generated, work),
                "bare loop": partial(loops.bare, work),
                "DataLoader": partial(loops.with_dataloader, work),
                "Ignite": partial(loops.with_ignite, work),
                "Lightning": partial(loops.with_lightning, work),
                "skorch": partial(loops.with_skorch, work),
            },
            ROUNDS,
        )
    steps = EPOCHS * -(-len(train_data) // BATCH)
    print(f"circle, batch {BATCH}, {EPOCHS} epochs, {steps} steps")
    for name, median in medians(times).items():
        print(f"  {name:<12} {median / steps * 1e6:6.0f} microseconds per step")
    say(times, "generated", "bare loop", "at most 1.05")
    for peer, promise in (
        ("DataLoader", 1.5),
        ("Ignite", 1.7),
        ("Lightning", 3),
        ("skorch", 5),
    ):
        say(times, peer, "generated", f"at least {promise}")


if __name__ == "__main__":
    main()
