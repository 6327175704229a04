"""The page with the form: no script, filled in again with the answer."""

from collections.abc import Mapping
from html import escape

from fastapi.responses import HTMLResponse

from .predictor import Prediction

# why: the page loads nothing from elsewhere, and no other page may embed it.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; \
frame-ancestors 'none'; base-uri 'none'"
STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { max-width: 58rem; margin: 2rem auto; padding: 0 1.25rem }
form { display: grid; gap: .75rem; align-items: end;
  grid-template-columns: repeat(auto-fill, minmax(min(6rem, 100%), 1fr)) }
label, footer { color: light-dark(#59616d, #a3acb8); font-size: .875rem;
  overflow-wrap: anywhere }
footer { margin-top: 2rem }
input, button { font: inherit; font-size: 1rem; padding: .4rem .5rem;
  border: 1px solid light-dark(#868e99, #767e8a); border-radius: .35rem }
input { width: 100%; box-sizing: border-box }
button { grid-column: 1 / -1; justify-self: start; font-weight: 600 }
[role] { padding: .75rem 1rem; border-radius: .35rem; overflow-wrap: anywhere }
[role=status] { background: light-dark(#e8f3ea, #1d3324) }
[role=alert] { background: light-dark(#fdebe9, #432422) }
"""


def render_form(
    values: Mapping[str, object],
    answer: Prediction | None = None,
    error: str = "",
    status: int = 200,
) -> HTMLResponse:
    """Return the page, with a field for each input."""
    message = ""
    if error:
        message = f'<p role="alert">{escape(error[:1000])}</p>'
    elif answer is not None:
        shown = f"Prediction: <strong>{escape(to_text(answer))}</strong>"
        message = f'<p role="status">{shown}</p>'
    page = f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ project_name }}</title>
<style>{STYLE}</style>
<h1>{{ project_name }}</h1>
{message}
<form method="post">
{"".join(map(render_field, values, map(str, values.values())))}
<button>Predict</button>
</form>
<footer>For programs: <a href="openapi.json">POST /predict</a></footer>
</html>
"""
    return HTMLResponse(page, status, {"Content-Security-Policy": POLICY})


def render_field(name: str, value: str) -> str:
    """Return an input with its label."""
    field = f'<input name="{escape(name)}" value="{escape(value)}" autocomplete="off">'
    label = escape(name).replace("_", "_<wbr>")  # where a long name may wrap
    return f"<label>{label}{field}</label>\n"


def to_text(answer: Prediction) -> str:
    """Return a prediction as `predict` prints it."""
    # {% if family == "regression" %}
    return f"{answer:.4g}"
    # {% elif family == "custom" %}
    return str(answer)
    # {% else %}
    return f"{answer['class']} (p = {answer['probability']:.4g})"
    # {% endif %}
