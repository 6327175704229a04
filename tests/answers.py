"""What the course teaches, as answers to the exercises of the task `circle`."""

import re
from collections.abc import Mapping
from textwrap import dedent, indent

COURSE = ["data", "model", "loss", "predict", "step", "evaluate", "save", "load"]
EXERCISE = re.compile(
    r"^( *)# exercise (\d+): .*?^ *# end of exercise \2\n", re.MULTILINE | re.DOTALL
)

# One text for each place in which an exercise is open.
TAUGHT = {
    "data": [
        """
        x, y = make_circles(config.n_samples, noise=config.noise, random_state=seed)
        x = torch.from_numpy(x).type(torch.float)
        y = torch.from_numpy(y).type(torch.float)
        x_train, x_test, y_train, y_test = train_test_split(
            x, y, test_size=0.2, random_state=seed
        )
        return TensorDataset(x_train, y_train), TensorDataset(x_test, y_test)
        """
    ],
    "model": [
        """
        self.layer_1 = nn.Linear(in_features=2, out_features=hidden_units)
        self.layer_2 = nn.Linear(in_features=hidden_units, out_features=hidden_units)
        self.layer_3 = nn.Linear(in_features=hidden_units, out_features=1)
        self.relu = nn.ReLU()
        """,
        """
        z1 = self.relu(self.layer_1(x))
        z2 = self.relu(self.layer_2(z1))
        return self.layer_3(z2).squeeze(dim=1)
        """,
    ],
    "loss": ["loss_fn = nn.BCEWithLogitsLoss()"],
    "predict": ["return torch.round(torch.sigmoid(logits))"],
    "step": [
        """
        loss = loss_fn(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        """
    ],
    "evaluate": [
        """
        model.eval()
        loss, metric = 0, 0
        with torch.inference_mode():
            for x, y in dataloader:
                x, y = x.to(device), y.to(device)
                outputs = model(x)
                loss += loss_fn(outputs, y)
                metric += metric_fn(to_predictions(outputs), y)
        return loss / len(dataloader), metric / len(dataloader)
        """
    ],
    "save": [
        """
        torch.save(
            {
                "epochs": epochs,
                "model": model.state_dict(),
                "optimizer": optimizer.state_dict(),
                "model_code": MODEL_CODE,
            },
            tmp,
        )
        """
    ],
    "load": [
        """
        checkpoint = torch.load(path)
        model.load_state_dict(checkpoint["model"])
        if optimizer is not None:
            optimizer.load_state_dict(checkpoint["optimizer"])
        """
    ],
}


def write_answers(text: str, answers: Mapping[str, list[str]]) -> str:
    """Return a module with answers between the marks of its open exercises."""
    places = {name: iter(texts) for name, texts in answers.items()}

    def answer(match: re.Match[str]) -> str:
        name = COURSE[int(match[2]) - 1]
        if name not in places:
            return match[0]
        first, *_, last = match[0].splitlines(keepends=True)
        body = dedent(next(places[name])).strip()
        return f"{first}{indent(body, match[1])}\n{last}"

    return EXERCISE.sub(answer, text)
