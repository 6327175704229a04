"""Log a run for {{ 'TensorBoard' if tracker == 'tensorboard' else 'Trackio' }}."""

import csv
from pathlib import Path

from pydantic import TypeAdapter

from .config import Config


class Tracker:
    """Logs the metrics of each epoch, the hyperparameters and the plots of a run."""

    def __init__(
        self, run: Path, config: Config, columns: tuple[str, ...], start: int
    ) -> None:
        self.run, self.names, self.steps = run, columns[1:], start
        # {% if "scale" in features %}
        from .distributed.collectives import is_main_process

        self.writer = None
        if not is_main_process():
            return
        # {% endif %}
        # {% if tracker == "tensorboard" %}
        # imported here, because it takes long
        from torch.utils.tensorboard import SummaryWriter
        from torch.utils.tensorboard.summary import hparams

        folder = run / "tensorboard"
        for old in folder.glob("events.*"):
            old.unlink()
        self.writer = SummaryWriter(folder, flush_secs=5)
        for summary in hparams(config.model_dump(), dict.fromkeys(self.names)):
            self.writer.file_writer.add_summary(summary)
        # {% else %}
        import os

        # why: Trackio reads this variable when it is imported. By default it writes to
        # the home directory.
        os.environ.setdefault("TRACKIO_DIR", str((run.parent / "trackio").resolve()))
        import trackio

        try:
            runs = trackio.Api().runs("{{ package }}")
        except ValueError:  # this is the first one
            runs = []
        for old in runs:
            if old.name == run.name:
                old.delete()
        self.writer = trackio.init(
            project="{{ package }}",
            name=run.name,
            config=config.model_dump(),
            auto_log_gpu=False,
            auto_log_cpu=False,
        )
        # {% endif %}
        # why: a process that was killed may have logged more epochs than the checkpoint
        # has, or fewer. So a resumed run logs them anew, from metrics.csv.
        for row in read_metrics(run / "metrics.csv", start):
            self.log(*row)

    def log(self, epoch: float, *metrics: float) -> None:
        """Log the metrics of an epoch."""
        # {% if "scale" in features %}
        if not self.writer:
            return
        # {% endif %}
        # {% if tracker == "tensorboard" %}
        for name, value in zip(self.names, metrics, strict=True):
            self.writer.add_scalar(name, value, int(epoch))
        # {% else %}
        values = map(float, metrics)
        self.writer.log(dict(zip(self.names, values, strict=True)), step=int(epoch))
        # {% endif %}
        self.steps = int(epoch) + 1

    def close(self) -> None:
        """Log the plots of the run, and finish."""
        # {% if "scale" in features %}
        if not self.writer:
            return
        # {% endif %}
        # {% if tracker == "tensorboard" %}
        from matplotlib.image import imread

        for path in sorted(self.run.glob("*.png")):
            image = imread(path)  # (height, width, channels)
            self.writer.add_image(path.stem, image, self.steps, dataformats="HWC")
        self.writer.close()
        # {% else %}
        import trackio

        plots = {p.stem: trackio.Image(p) for p in sorted(self.run.glob("*.png"))}
        self.writer.log(plots, step=self.steps)
        trackio.finish()
        # {% endif %}


def read_metrics(path: Path, n_epochs: int) -> list[list[float]]:
    """Return the first rows of metrics.csv: epoch and metrics."""
    if not n_epochs:
        return []
    rows = list(csv.reader(path.read_text().splitlines()))[1 : n_epochs + 1]
    return TypeAdapter(list[list[float]]).validate_python(rows)
