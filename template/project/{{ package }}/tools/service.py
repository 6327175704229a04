"""What `serve` answers: predictions at POST /predict, and a page with a form at /."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from ..errors import ProjectError
from .answers import answer
from .bodies import FORM, KINDS, read_rows
from .limits import BodyError, read_body
from .page import render
from .pictures import Predictor

# The page loads nothing from elsewhere, and no other page may show it as its own.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


class Service:
    """Answers requests with what a trained model makes of their examples."""

    def __init__(self, predictor: Predictor) -> None:
        self.state = predictor.state
        self.predictor = predictor
        # One thread computes, so that many requests need no more memory than one.
        self.worker = ThreadPoolExecutor(1)

    async def predict(self, request: Request) -> Response:
        """Answer rows of JSON or CSV with a prediction for each."""
        body = await read_body(request.stream())
        return JSONResponse({"predictions": await self.compute(request, body, KINDS)})

    async def show(self, request: Request) -> Response:
        """Show the form, filled in with an example."""
        page = render(self.state, str(request.base_url), self.state["inputs"])
        return HTMLResponse(page, headers=HEADERS)

    async def fill(self, request: Request) -> Response:
        """Show the form as it was sent, with a prediction or with what is wrong."""
        body, news, status = b"", {}, 200
        try:
            body = await read_body(request.stream())
            [news["answer"]] = await self.compute(request, body, [FORM])
        except ProjectError as error:
            news["error"], status = brief(error), status_of(error)
        sent = dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
        page = render(self.state, str(request.base_url), sent, **news)
        return HTMLResponse(page, status, HEADERS)

    async def compute(
        self, request: Request, body: bytes, kinds: Sequence[str]
    ) -> list[float | str]:
        """Return the predictions for the rows of a body."""
        kind = request.headers.get("content-type", "")
        names = list(self.state["inputs"])

        def work() -> list[float | str]:
            return answer(self.predictor, read_rows(body, kind, names, kinds))

        return await asyncio.get_running_loop().run_in_executor(self.worker, work)


def status_of(error: ProjectError) -> int:
    """Return the status for an error: 422 where the values are wrong."""
    return error.status if isinstance(error, BodyError) else 422


def brief(error: Exception) -> str:
    """Return the message of an error, cut where it repeats a very long value."""
    return str(error)[:2_000]


async def refuse(request: Request, error: Exception) -> Response:
    """Answer a request that is wrong with the reason."""
    if isinstance(error, HTTPException):
        reason = f"{error.detail}: POST rows to /predict, or open / for a form"
        return JSONResponse({"error": reason}, error.status_code, error.headers)
    # 400 also for a client that is gone: nobody reads it.
    status = status_of(error) if isinstance(error, ProjectError) else 400
    return JSONResponse({"error": brief(error)}, status)


def build_app(predictor: Predictor, hosts: Sequence[str] = ("*",)) -> Starlette:
    """Return the application; it answers requests to the names `hosts` only."""
    service = Service(predictor)
    routes = [
        Route("/", service.show),
        Route("/", service.fill, methods=["POST"]),
        Route("/predict", service.predict, methods=["POST"]),
    ]
    # A page of a stranger cannot reach it by a name that leads to this computer.
    trusted = Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))
    known = (HTTPException, ProjectError, ClientDisconnect)
    handlers = dict.fromkeys(known, refuse)
    return Starlette(routes=routes, middleware=[trusted], exception_handlers=handlers)
