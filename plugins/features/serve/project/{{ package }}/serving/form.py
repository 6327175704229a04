"""The page with the form: no script, filled in again with the answer."""

from html import escape
from typing import Any

from fastapi.responses import HTMLResponse

POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"
STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 40rem; margin: 2rem auto; padding: 0 1rem }
form { display: grid; grid-template-columns: 1fr 1fr; gap: .5rem 1rem }
input, button { font: inherit; padding: .3rem .5rem; min-width: 0 }
button { grid-column: 1 / -1; padding: .6rem }
output, .error { display: block; padding: .8rem; border: 2px solid green }
.error { border-color: #c00 }
"""


def render_form(
    values: dict[str, str], answer: Any = None, error: str = "", status: int = 200
) -> HTMLResponse:
    """Return the page, with a field for each input."""
    fields = "".join(render_field(name, value) for name, value in values.items())
    page = f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{{ project_name }}</title>
<style>{STYLE}</style>
<h1>{{ project_name }}</h1>
{render_answer(answer)}{render_error(error)}
<form method="post">
{fields}<button>Predict</button>
</form>
</html>
"""
    headers = {"Content-Security-Policy": POLICY}
    return HTMLResponse(page, status, headers)


def render_field(name: str, value: str) -> str:
    """Return label and input of a value."""
    label = escape(name)
    field = f'<input name="{label}" value="{escape(value)}" aria-label="{label}">'
    return f"<label>{label}</label>{field}\n"


def render_answer(answer: Any) -> str:
    """Return a prediction as HTML, "" if there is none."""
    if answer is None:
        return ""
    if isinstance(answer, dict):
        answer = f"{answer['class']} (p = {answer['probability']:.4g})"
    elif isinstance(answer, float):
        answer = f"{answer:.4g}"
    return f"<output>Prediction: {escape(str(answer))}</output>"


def render_error(error: str) -> str:
    """Return an error as HTML, "" if there is none."""
    return f'<p class="error" role="alert">{escape(error)}</p>' if error else ""
