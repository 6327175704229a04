"""The HTTP service: POST /predict for programs, a form for people."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qsl

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

from .form import render_form
from .predictor import Prediction, Predictor
from .requests import describe_body, parse_rows, read_body

LOOPBACK = ["127.0.0.1", "localhost", "::1", "[::1]"]


def make_app(run: int | None = None, host: str = "127.0.0.1") -> FastAPI:
    """Return the service; on the loopback address it checks the Host header."""
    predictor = Predictor(run)
    # why: PyTorch keeps a pool of threads for each thread that computes, so one does.
    worker = ThreadPoolExecutor(max_workers=1)
    title = "{{ project_name }}"
    app = FastAPI(title=title, docs_url=None, redoc_url=None)
    app.exception_handler(StarletteHTTPException)(to_error_response)
    if host in LOOPBACK:
        # why: without it, a web site could reach the service by DNS rebinding.
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=LOOPBACK)

    async def predict(rows: list[dict[str, str]]) -> list[Prediction]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(worker, predictor, rows)

    @app.post("/predict", openapi_extra=describe_body(predictor.inputs))
    async def post_predict(request: Request) -> dict[str, list[Prediction]]:
        content_type = request.headers.get("content-type", "")
        rows = parse_rows(await read_body(request), content_type)
        return {"predictions": await predict(rows)}

    @app.get("/", include_in_schema=False)
    async def get_form() -> HTMLResponse:
        return render_form(predictor.inputs)

    @app.post("/", include_in_schema=False)
    async def post_form(request: Request) -> HTMLResponse:
        sent = dict(parse_qsl(await read_body(request), keep_blank_values=True))
        row = {name: sent.get(name, "") for name in predictor.inputs}
        try:
            (answer,) = await predict([row])
        except HTTPException as error:
            return render_form(row, error=error.detail, status=error.status_code)
        return render_form(row, answer=answer)

    return app


async def to_error_response(request: Request, error: Exception) -> JSONResponse:
    """Return an HTTP error as JSON, shortened where it repeats a very long value."""
    assert isinstance(error, StarletteHTTPException)
    return JSONResponse({"error": str(error.detail)[:1000]}, error.status_code)
