"""The task line with Lightning: its logger, its checkpoint, and the same plots."""

import csv
from pathlib import Path

import lightning
import torch
from lightning.pytorch.callbacks import ModelCheckpoint
from lightning.pytorch.loggers import CSVLogger
from matplotlib.figure import Figure
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

EPOCHS = 200


class LinearRegression(lightning.LightningModule):
    """Returns weight * x + bias."""

    def __init__(self, lr: float = 0.01) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.weights = nn.Parameter(torch.randn(1))
        self.bias = nn.Parameter(torch.randn(1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.weights * x + self.bias

    def training_step(self, batch: list[torch.Tensor]) -> torch.Tensor:
        x, y = batch
        loss = F.l1_loss(self(x), y)
        self.log("train_loss", loss, on_step=False, on_epoch=True)
        return loss

    def validation_step(self, batch: list[torch.Tensor]) -> None:
        x, y = batch
        outputs = self(x)
        self.log("test_loss", F.l1_loss(outputs, y))
        self.log("test_mae", (outputs - y).abs().mean())

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.SGD(self.parameters(), lr=self.hparams.lr)


x = torch.arange(0.0, 1.0, 0.02).unsqueeze(dim=1)
y = 0.7 * x + 0.3
split = int(0.8 * len(x))
train = DataLoader(TensorDataset(x[:split], y[:split]), batch_size=split)
test = DataLoader(TensorDataset(x[split:], y[split:]), batch_size=len(x) - split)

lightning.seed_everything(42)
model = LinearRegression()
run = Path("runs/001")
trainer = lightning.Trainer(
    max_epochs=EPOCHS,
    logger=CSVLogger("runs", name="", version="001"),
    callbacks=[ModelCheckpoint(run, filename="last", save_on_train_epoch_end=True)],
    log_every_n_steps=1,
    num_sanity_val_steps=0,
    enable_progress_bar=False,
)
trainer.fit(model, train, test)
print(model, *model.parameters())

with (run / "metrics.csv").open(newline="") as file:
    rows = list(csv.DictReader(file))
figure = Figure(figsize=(6, 4), layout="constrained")
axes = figure.subplots()
for name in ("train_loss", "test_loss"):
    axes.plot([float(row[name]) for row in rows if row[name]], label=name)
axes.set(xlabel="epoch", ylabel="loss")
axes.legend()
figure.savefig(run / "learning_curves.png", dpi=120)

with torch.inference_mode():
    learned = model.cpu()(x)
figure = Figure(figsize=(6, 4), layout="constrained")
axes = figure.subplots()
axes.scatter(x[:split], y[:split], s=12, c="blue", label="training set")
axes.scatter(x[split:], y[split:], s=12, c="green", label="test set")
axes.plot(x, learned, c="red", lw=0.8, label="fitted line")
axes.scatter(x[split:], learned[split:], s=12, c="red", marker="x", label="predictions")
axes.set(xlabel="x", ylabel="y")
axes.legend()
figure.savefig(run / "predictions.png", dpi=120)
