"""How far training has come: a progress bar on a terminal, elsewhere plain lines."""

import sys

from tqdm import tqdm

from ..objective import METRIC
from .processes import is_first


class Screen:
    """Shows epochs as they end, from `first` to `epochs`; as lines, ten of them."""

    def __init__(self, first: int, epochs: int) -> None:
        self.epochs = epochs
        self.every = max(1, epochs // 10)
        self.bar = tqdm(
            total=epochs,
            initial=first,
            unit=" epochs",
            disable=not (is_first() and sys.stderr.isatty()),
            dynamic_ncols=True,
            bar_format="{n_fmt}/{total_fmt} |{bar}| {rate_noinv_fmt}{postfix}",
        )

    def show(self, epoch: int, row: dict[str, str]) -> None:
        """Show the figures of an epoch; the bar has room for loss and metric."""
        if not self.bar.disable:
            shown = {name: row[name] for name in ("train_loss", METRIC.name)}
            self.bar.set_postfix(shown, refresh=False)
            self.bar.update()
        elif epoch % self.every == 0 or epoch == self.epochs - 1:
            news = "  ".join(f"{name} {figure}" for name, figure in row.items())
            print(f"epoch {epoch:>{len(str(self.epochs))}}  {news}", flush=True)

    def close(self) -> None:
        self.bar.close()
