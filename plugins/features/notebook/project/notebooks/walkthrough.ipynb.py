"""The cells of walkthrough.ipynb, in the percent format."""

# %% [markdown]
# # {{ project_name }}, step by step
#
# This notebook runs the code of the project cell by cell: data, model, training,
# evaluation, saving and loading.
#
# - **Jupyter**, **VS Code**: run `pip install -e '.[notebook]'` in the folder of the
#   project, then open this file there.
# - **Google Colab**: run a cell with the following lines first, with the address of
#   your repository.
#
# ```
# !git clone https://github.com/YOU/{{ project_name }}
# %cd {{ project_name }}
# %pip install --quiet --editable .
# ```

# %%
import os
from pathlib import Path

import matplotlib.pyplot as plt
import torch
from IPython.display import Image, display

from package import checkpoint, data
from package.config import Config
from package.engine import (
    evaluate,
    get_device,
    make_dataloader,
    predict,
)
from package.loss import (
    METRIC,
    # {% if build_loss_fn %}
    build_loss_fn,
    # {% else %}
    loss_fn,
    # {% endif %}
    to_predictions,
)
from package.model import build_model
from package.plots import plot_predictions
from package.train import OPTIMIZERS, train

os.chdir(Path(checkpoint.__file__).parents[1])  # the folder of the project, with runs/
config = Config()
device = get_device(config.device)
print(config)
print(device)

# %% [markdown]
# ## Data

# %%
datasets = data.make_datasets(config)
# {% if validation and data_info %}
train_data, validation_data, test_data, data_info = datasets
# {% elif validation %}
train_data, validation_data, test_data = datasets
# {% elif data_info %}
train_data, test_data, data_info = datasets
# {% else %}
train_data, test_data = datasets
# {% endif %}
x, y = train_data[:]
print("inputs:", tuple(x.shape), x.dtype)
print("labels:", tuple(y.shape), y.dtype)

# %%
# why: look at some examples before you train on them. Many mistakes in loading and
# scaling data can be seen in a few rows.
print(x[:3])
print(y[:3])

# %%
# {% if family == "regression" %}
plt.scatter(x.flatten(start_dim=1)[:, 0], y, s=12)
plt.xlabel("first input")
plt.ylabel("label")
# {% elif family == "custom" %}
plt.hist(y.flatten().tolist(), bins=30)
plt.xlabel("label")
# {% else %}
# {% if data_info %}
classes = [str(name) for name in data_info["classes"]]
# {% else %}
classes = data.CLASSES
# {% endif %}
plt.bar(classes, y.long().bincount(minlength=len(classes)).tolist())
plt.ylabel("training examples")
# {% endif %}
plt.title("Training set")
print(len(train_data), "training examples,", len(test_data), "test examples")

# %% [markdown]
# ## Model

# %%
# why: the initial parameters are random. With the same seed they are the same each
# time.
torch.manual_seed(config.seed)
# {% if data_info %}
model = build_model(config, data_info).to(device)
# {% else %}
model = build_model(config).to(device)
# {% endif %}
outputs = predict(model, x[:3])
print(model)
print(tuple(x[:3].shape), "->", tuple(outputs.shape))

# %%
# why: the optimizer changes the parameters. Each is a tensor with a gradient.
for name, parameter in model.named_parameters():
    print(name, tuple(parameter.shape))

# %%
# why: the state_dict contains the values of all parameters by name. It is what a
# checkpoint saves.
print(model.state_dict())

# %% [markdown]
# ## Predictions before training

# %%
# why: in inference mode PyTorch records no gradients, which saves time and memory.
model.eval()
with torch.inference_mode():
    outputs = model(x[:5].to(device)).cpu()
print("predictions:", to_predictions(outputs))
print("labels:     ", y[:5])

# %%
for figure in plot_predictions(model, *datasets).values():
    display(figure)

# %% [markdown]
# ## Loss function and optimizer

# %%
# {% if build_loss_fn and data_info %}
loss_fn = build_loss_fn(config, data_info)
# {% elif build_loss_fn %}
loss_fn = build_loss_fn(config)
# {% endif %}
print(loss_fn)
print(f"loss before training: {loss_fn(outputs, y[:5]):.4g}")

# %%
optimizer = OPTIMIZERS[config.optimizer](model.parameters(), lr=config.lr)
print(optimizer)

# %% [markdown]
# ## Training, by hand

# %%
# why: `train_epoch` in engine.py contains the same steps.
train_dataloader = make_dataloader(train_data, config.batch_size)
# {% if build_loss_fn %}
loss_fn.to(device)
# {% endif %}
# {% if validation %}
validation_dataloader = make_dataloader(validation_data)
# {% else %}
test_dataloader = make_dataloader(test_data)
# {% endif %}
for epoch in range(5):
    model.train()
    for inputs, labels in train_dataloader:
        inputs, labels = inputs.to(device), labels.to(device)
        ### BEGIN SOLUTION: step
        loss = loss_fn(model(inputs), labels)  # 1. forward pass  2. mean loss
        optimizer.zero_grad()  # 3. reset the gradients
        loss.backward()  # 4. backpropagation
        optimizer.step()  # 5. update the parameters
        ### END SOLUTION
    # {% if validation %}
    loss, metric = evaluate(model, validation_dataloader, loss_fn, device)
    print(f"epoch {epoch}  validation_loss {loss:.4g}  {METRIC} {metric:.4g}")
    # {% else %}
    loss, metric = evaluate(model, test_dataloader, loss_fn, device)
    print(f"epoch {epoch}  test_loss {loss:.4g}  {METRIC} {metric:.4g}")
    # {% endif %}

# %% [markdown]
# ## Training, with the package

# %%
# why: `python -m {{ package }} train` does the same: it trains a new model from start
# to end, and writes metrics, checkpoints and plots into a new folder of `runs/`.
run = checkpoint.prepare_run(config)
train(config, run)

# %%
display(Image(filename=run / "learning_curves.png"))

# %% [markdown]
# ## Evaluation

# %%
_, _, trained_model = checkpoint.load_run()
test_loss, metric = evaluate(trained_model, make_dataloader(test_data), loss_fn, device)
print(f"test_loss {test_loss:.4g}  test_{METRIC} {metric:.4g}")

# %%
for figure in plot_predictions(trained_model, *datasets).values():
    display(figure)

# %% [markdown]
# ## Save and load

# %%
path = run / "by_hand.pt"
checkpoint.save(path, 5, model, optimizer)
print(path, path.stat().st_size, "bytes")

# %%
# why: a new model has other parameters, until the saved ones are loaded into it.
# {% if data_info %}
new_model = build_model(config, data_info).to(device)
# {% else %}
new_model = build_model(config).to(device)
# {% endif %}
checkpoint.load(path, new_model)
same = torch.equal(predict(new_model, x), predict(model, x))
print("the same outputs:", same)
