"""The HTTP service: POST /predict for programs, a form for people."""

import threading
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

from .. import checkpoint, data, loss
from ..engine import predict
from .form import render_form
from .requests import parse_form, parse_rows, read_body

LOOPBACK = ["127.0.0.1", "localhost", "[::1]", "testserver"]


def make_app(run: int | None = None, host: str = "127.0.0.1") -> FastAPI:
    """Return the service; on the loopback address it checks the Host header."""
    predictor = Predictor(run)
    app = FastAPI(docs_url=None, redoc_url=None)  # these pages load scripts of others
    if host in {"127.0.0.1", "localhost", "::1"}:
        # why: without it, a web site could reach the service by DNS rebinding.
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=LOOPBACK)
    app.exception_handler(StarletteHTTPException)(to_error_response)

    @app.post("/predict")
    async def post_predict(request: Request) -> dict[str, list[Any]]:
        content_type = request.headers.get("content-type", "")
        rows = parse_rows(await read_body(request), content_type)
        return {"predictions": await run_in_threadpool(predictor, rows)}

    @app.get("/")
    async def get_form() -> HTMLResponse:
        return render_form(predictor.inputs)

    @app.post("/")
    async def post_form(request: Request) -> HTMLResponse:
        row = parse_form(await read_body(request))
        try:
            (answer,) = await run_in_threadpool(predictor, [row])
        except HTTPException as error:
            return render_form(row, error=error.detail, status=error.status_code)
        return render_form(row, answer=answer)

    return app


async def to_error_response(request: Request, error: Exception) -> JSONResponse:
    """Return an HTTP error as JSON."""
    assert isinstance(error, StarletteHTTPException)
    return JSONResponse({"error": error.detail}, error.status_code)


class Predictor:
    """A trained model that predicts rows of raw inputs."""

    def __init__(self, run: int | None) -> None:
        self.path, _, self.model = checkpoint.load_run(run)
        # why: one prediction at a time; more threads would share the same cores.
        self.lock = threading.Lock()
        # {% if data_info %}
        self.data_info = checkpoint.load_data_info(self.path)
        example = self.data_info["inputs"]
        # {% else %}
        example = data.INPUTS
        # {% endif %}
        self.inputs = {name: str(value) for name, value in example.items()}

    def __call__(self, rows: list[dict[str, str]]) -> list[Any]:
        """Return the prediction for each row; HTTPException if one is invalid."""
        try:
            # {% if data_info %}
            x = data.encode_inputs(rows, self.data_info)
            # {% else %}
            x = data.encode_inputs(rows)
            # {% endif %}
        except KeyError as error:
            raise HTTPException(422, f"missing input {error}") from error
        except (TypeError, ValueError, RuntimeError) as error:
            raise HTTPException(422, f"invalid input: {error}") from error
        if not x.isfinite().all():
            raise HTTPException(422, "inputs must be finite numbers")
        with self.lock:
            outputs = predict(self.model, x)
        # {% if family == "regression" %}
        return loss.to_predictions(outputs).flatten().tolist()
        # {% elif family == "custom" %}
        return loss.to_predictions(outputs).tolist()
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
