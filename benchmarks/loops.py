"""The same training with six libraries; each function returns the seconds of its loop.

Set-up before the first step (building the model, the framework) is not counted. Each
loop keeps a running loss. On a CPU the times are CPU seconds of one thread, which other
load on the machine disturbs less than wall time.
"""

import logging
import time
import warnings
from collections.abc import Callable
from typing import NamedTuple

import torch
from project import Project
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

clock = time.perf_counter if torch.cuda.is_available() else time.process_time


class Work(NamedTuple):
    """Data, model, loss and batch size: the same for every loop."""

    project: Project
    x: Tensor
    y: Tensor
    batch_size: int
    epochs: int
    make_model: Callable[[], nn.Module]
    criterion: Callable[[Tensor, Tensor], Tensor]  # mean over a batch

    def fresh(self) -> tuple[nn.Module, torch.optim.Optimizer]:
        torch.set_num_threads(1)
        torch.manual_seed(0)
        model = self.make_model().to(self.x.device)
        return model, torch.optim.SGD(model.parameters(), lr=0.01)

    def dataset(self) -> TensorDataset:
        return TensorDataset(self.x, self.y)

    def loader(self) -> DataLoader:
        return DataLoader(self.dataset(), self.batch_size, shuffle=True)


def generated(work: Work) -> float:
    """Train with the engine of the generated project."""
    model, optimizer = work.fresh()
    engine = work.project.engine
    dataloader = engine.make_dataloader(work.dataset(), work.batch_size)
    begin = clock()
    for _ in range(work.epochs):
        engine.train_epoch(model, dataloader, work.criterion, optimizer, work.x.device)
    return clock() - begin


def bare(work: Work) -> float:
    """Train with a loop written by hand that indexes the tensors."""
    model, optimizer = work.fresh()
    rows = len(work.x)
    begin = clock()
    for _ in range(work.epochs):
        model.train()
        total = torch.zeros((), device=work.x.device)
        for chosen in torch.randperm(rows, device=work.x.device).split(work.batch_size):
            loss = work.criterion(model(work.x[chosen]), work.y[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.detach() * len(chosen)
        total.item()
    return clock() - begin


def with_dataloader(work: Work) -> float:
    """Train with the DataLoader of the tutorials, over a TensorDataset."""
    model, optimizer = work.fresh()
    loader = work.loader()
    begin = clock()
    for _ in range(work.epochs):
        model.train()
        total = torch.zeros(())
        for x, y in loader:
            loss = work.criterion(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.detach() * len(x)
        total.item()
    return clock() - begin


def with_ignite(work: Work) -> float:
    """Train with Ignite's supervised trainer."""
    from ignite.engine import Events, create_supervised_trainer

    model, optimizer = work.fresh()
    trainer = create_supervised_trainer(model, optimizer, work.criterion)
    watch = Watch()
    trainer.add_event_handler(Events.STARTED, watch.start)
    trainer.run(work.loader(), max_epochs=work.epochs)
    return watch.seconds()


def with_lightning(work: Work) -> float:
    """Train with Lightning, without logger, checkpoints and progress bar."""
    import lightning

    watch = Watch()

    class Module(lightning.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.model, self.optimizer = work.fresh()

        def training_step(self, batch: tuple[Tensor, Tensor]) -> Tensor:
            x, y = batch
            return work.criterion(self.model(x), y)

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return self.optimizer

        def on_train_start(self) -> None:
            watch.start()

        def on_train_end(self) -> None:
            watch.stop()

    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    trainer = lightning.Trainer(
        max_epochs=work.epochs,
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it would like more workers, which are slower
        trainer.fit(Module(), work.loader())
    return watch.seconds()


def with_skorch(work: Work) -> float:
    """Train with skorch, which records loss and time of every batch."""
    from skorch import NeuralNet

    class Criterion(nn.Module):
        def forward(self, outputs: Tensor, y: Tensor) -> Tensor:
            return work.criterion(outputs, y)

    model, like = work.fresh()
    net = NeuralNet(
        model,
        criterion=Criterion,
        optimizer=lambda parameters, lr: type(like)(parameters, **like.defaults),
        batch_size=work.batch_size,
        max_epochs=work.epochs,
        iterator_train__shuffle=True,
        train_split=None,
        verbose=0,
    ).initialize()
    begin = clock()
    net.partial_fit(work.x, work.y)
    return clock() - begin


class Watch:
    """Seconds from `start` to `stop`, or to the moment of asking."""

    def start(self, *event: object) -> None:
        self.begin = clock()
        self.end = 0.0

    def stop(self) -> None:
        self.end = clock()

    def seconds(self) -> float:
        return (self.end or clock()) - self.begin
