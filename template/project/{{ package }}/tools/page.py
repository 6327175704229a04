"""The page of `serve`: a form made from the inputs, which works without any script."""

import json
import shlex
from collections.abc import Mapping
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from ..contract import State

TITLE = __name__.partition(".")[0]
PAGE = Template(Path(__file__).with_name("page.html").read_text(encoding="utf-8"))


def render(
    state: State,
    address: str,
    values: Mapping[str, Any],
    answer: object = None,
    error: str = "",
) -> str:
    """Return the page: an answer or an error, and the form filled in with `values`."""
    inputs = state["inputs"]
    fields = [field(name, values.get(name, ""), inputs[name]) for name in inputs]
    rows = json.dumps([list(inputs.values())], ensure_ascii=False)
    news = ""
    if error:
        news = f'<p class="error" role="alert">{escape(error)}</p>'
    elif answer is not None:
        said = f"Prediction: <strong>{escape(str(answer))}</strong>"
        news = f'<p class="answer" role="status">{said}</p>'
    return PAGE.substitute(
        title=escape(TITLE),
        fields="\n".join(fields),
        news=news,
        by_json=command(address, "application/json", f"-d {shlex.quote(rows)}"),
        by_csv=command(address, "text/csv", "--data-binary @new.csv"),
    )


def field(name: str, value: object, example: object) -> str:
    """Return an input with its label; the keyboard of a phone follows the example."""
    # Where the example is a text, the value may be missing.
    rules = 'inputmode="decimal" required' if isinstance(example, int | float) else ""
    shown = f'value="{escape(str(value))}"'
    text = f'<input name="{escape(name)}" {shown} autocomplete="off" {rules}>'
    return f"<label><span>{escape(name)}</span>{text}</label>"


def command(address: str, kind: str, data: str) -> str:
    """Return what to type for the same answer without the page."""
    return escape(f"curl {address}predict -H 'Content-Type: {kind}' {data}")
