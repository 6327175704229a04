"""From rows of raw inputs to predictions."""

# {% if family == "custom" %}
from typing import Any

# {% endif %}
from fastapi import HTTPException

from .. import checkpoint, data, loss
from ..engine import predict

# {% if family == "regression" %}
Prediction = float
# {% elif family == "custom" %}
Prediction = Any
# {% else %}
Prediction = dict[str, str | float]
# {% endif %}


class Predictor:
    """A trained model that predicts rows of raw inputs."""

    def __init__(self, run: int | None) -> None:
        # {% if data_info %}
        path, _, self.model = checkpoint.load_run(run)
        self.data_info = checkpoint.load_data_info(path)
        self.inputs = self.data_info["inputs"]
        # {% else %}
        _, _, self.model = checkpoint.load_run(run)
        self.inputs = data.INPUTS
        # {% endif %}

    def __call__(self, rows: list[dict[str, str]]) -> list[Prediction]:
        """Return the prediction for each row; HTTPException if one is invalid."""
        try:
            # {% if data_info %}
            x = data.encode_inputs(rows, self.data_info)
            # {% else %}
            x = data.encode_inputs(rows)
            # {% endif %}
        except (ArithmeticError, LookupError, RuntimeError, ValueError) as error:
            kind = "missing" if isinstance(error, KeyError) else "invalid"
            raise HTTPException(422, f"{kind} input: {error}") from error
        try:
            outputs = predict(self.model, x)
        except IndexError as error:  # an embedding has no such entry
            raise HTTPException(422, f"invalid input: {error}") from error
        if not (x.isfinite().all() and outputs.isfinite().all()):
            raise HTTPException(422, "inputs and outputs must be finite numbers")
        # {% if family == "regression" and table %}
        return loss.to_values(loss.to_predictions(outputs), self.data_info)
        # {% elif family == "regression" %}
        return loss.to_predictions(outputs).flatten().tolist()
        # {% elif family == "custom" and data_info %}
        return loss.to_values(loss.to_predictions(outputs), self.data_info)
        # {% elif family == "custom" %}
        return loss.to_values(loss.to_predictions(outputs))
        # {% else %}
        # {% if data_info %}
        classes = self.data_info["classes"]
        # {% else %}
        classes = data.CLASSES
        # {% endif %}
        probabilities, labels = loss.to_probabilities(outputs).max(dim=1)
        return [
            {"class": classes[label], "probability": p}
            for label, p in zip(labels.tolist(), probabilities.tolist(), strict=True)
        ]
        # {% endif %}
