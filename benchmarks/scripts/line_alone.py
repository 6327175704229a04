"""The task line in one file, as one writes it by hand: same work, same files."""

import csv
import json
from pathlib import Path

import torch
from matplotlib.figure import Figure
from torch import nn

CONFIG = {
    "epochs": 200,
    "lr": 0.01,
    "seed": 42,
    "weight": 0.7,
    "bias": 0.3,
    "start": 0.0,
    "end": 1.0,
    "step": 0.02,
}


class Line(nn.Module):
    """Returns weight * x + bias."""

    def __init__(self) -> None:
        super().__init__()
        self.weights = nn.Parameter(torch.randn(1))
        self.bias = nn.Parameter(torch.randn(1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.weights * x + self.bias


device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
x = torch.arange(CONFIG["start"], CONFIG["end"], CONFIG["step"]).unsqueeze(dim=1)
y = CONFIG["weight"] * x + CONFIG["bias"]
split = int(0.8 * len(x))
x_train, y_train = x[:split].to(device), y[:split].to(device)
x_test, y_test = x[split:].to(device), y[split:].to(device)

torch.manual_seed(CONFIG["seed"])
model = Line().to(device)
criterion = nn.L1Loss()
optimizer = torch.optim.SGD(model.parameters(), lr=CONFIG["lr"])

run = Path("runs/001")
run.mkdir(parents=True)
(run / "config.json").write_text(json.dumps(CONFIG, indent=2) + "\n")
rows = []
with (run / "metrics.csv").open("w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["epoch", "train_loss", "test_loss", "mean_absolute_error"])
    for epoch in range(CONFIG["epochs"]):
        model.train()
        loss = criterion(model(x_train), y_train)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        model.eval()
        with torch.inference_mode():
            predictions = model(x_test)
            test_loss = criterion(predictions, y_test)
            error = (predictions - y_test).abs().mean()
        rows.append([epoch, loss.item(), test_loss.item(), error.item()])
        writer.writerow(rows[-1])
        file.flush()
        if epoch % 20 == 0:
            print(*rows[-1])

torch.save(
    {
        "config": CONFIG,
        "epochs": CONFIG["epochs"],
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "random": torch.get_rng_state(),
    },
    run / "last.pt",
)
print(model, *model.parameters())

figure = Figure(figsize=(6, 4), layout="constrained")
axes = figure.subplots()
axes.plot([row[1] for row in rows], label="train")
axes.plot([row[2] for row in rows], label="test")
axes.set(xlabel="epoch", ylabel="loss")
axes.legend()
figure.savefig(run / "loss.png", dpi=120)

with torch.inference_mode():
    learned = model(x.to(device)).cpu()
figure = Figure(figsize=(6, 4), layout="constrained")
axes = figure.subplots()
axes.scatter(x[:split], y[:split], s=12, c="blue", label="training points")
axes.scatter(x[split:], y[split:], s=12, c="green", label="test points")
axes.plot(x, learned, c="red", lw=0.8, label="learned line")
axes.scatter(x[split:], learned[split:], s=12, c="red", marker="x", label="predictions")
axes.set(xlabel="x", ylabel="y")
axes.legend()
figure.savefig(run / "predictions.png", dpi=120)
