"""The task line in one file, written by hand: the same training, the same files."""

import csv
import json
import subprocess
from pathlib import Path

import torch
from matplotlib.figure import Figure
from torch import nn

CONFIG = {"epochs": 200, "lr": 0.01, "seed": 42, "weight": 0.7, "bias": 0.3}


class LinearRegression(nn.Module):
    """Returns weight * x + bias."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(1))
        self.bias = nn.Parameter(torch.randn(1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.weight * x + self.bias


device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
x = torch.arange(0, 1, 0.02).unsqueeze(dim=1)
y = CONFIG["weight"] * x + CONFIG["bias"]
split = int(0.8 * len(x))
x_train, y_train = x[:split].to(device), y[:split].to(device)
x_test, y_test = x[split:].to(device), y[split:].to(device)

torch.manual_seed(CONFIG["seed"])
model = LinearRegression().to(device)
loss_fn = nn.L1Loss()
optimizer = torch.optim.SGD(model.parameters(), lr=CONFIG["lr"])

run = Path("runs/001")
run.mkdir(parents=True)
commit = subprocess.getoutput("git rev-parse HEAD && git status --porcelain")
(run / "config.json").write_text(json.dumps(CONFIG | {"git": commit}, indent=2))
rows = []
with (run / "metrics.csv").open("w", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["epoch", "train_loss", "test_loss", "test_mae"])
    for epoch in range(CONFIG["epochs"]):
        model.train()
        loss = loss_fn(model(x_train), y_train)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        model.eval()
        with torch.inference_mode():
            predictions = model(x_test)
            test_loss = loss_fn(predictions, y_test)
            test_mae = (predictions - y_test).abs().mean()
        rows.append([epoch, loss.item(), test_loss.item(), test_mae.item()])
        writer.writerow(rows[-1])
        file.flush()
        if epoch % 20 == 0:
            print(*rows[-1])

checkpoint = {"model": model.state_dict(), "optimizer": optimizer.state_dict()}
torch.save(checkpoint, run / "last.pt")
print(model, *model.parameters())

figure = Figure(figsize=(10, 4), layout="constrained")
left, right = figure.subplots(1, 2)
left.plot([row[1] for row in rows], label="train_loss")
left.plot([row[2] for row in rows], label="test_loss")
right.plot([row[3] for row in rows], label="test_mae")
for axes, ylabel in ((left, "loss"), (right, "mae")):
    axes.set(xlabel="epoch", ylabel=ylabel)
    axes.legend()
figure.savefig(run / "learning_curves.png", dpi=120)

with torch.inference_mode():
    fitted = model(x.to(device)).cpu()
figure = Figure(figsize=(6, 4), layout="constrained")
axes = figure.subplots()
axes.scatter(x[:split], y[:split], s=12, c="blue", label="training set")
axes.scatter(x[split:], y[split:], s=12, c="green", label="test set")
axes.plot(x, fitted, c="red", lw=0.8, label="fitted line")
axes.scatter(x[split:], fitted[split:], s=12, c="red", label="predictions")
axes.set(xlabel="x", ylabel="y", title="Data and fitted line")
axes.legend()
figure.savefig(run / "predictions.png", dpi=120)
