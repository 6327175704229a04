"""Serve predictions over HTTP."""

import socket
from typing import Annotated

from tyro.conf import arg

Run = Annotated[int | None, arg(help="number of a run; None: the latest")]


def serve(run: Run = None, host: str = "127.0.0.1", port: int = 8000) -> None:
    """Serve predictions of a run over HTTP."""
    if not 0 <= port <= 65_535:
        raise SystemExit("error: --port must be from 0 to 65535")
    try:
        import uvicorn  # imported here, so that --help need not load it

        from .app import make_app
    except ModuleNotFoundError as error:
        if error.name not in {"fastapi", "uvicorn"}:
            raise
        missing = f"error: {error.name} is not installed"
        raise SystemExit(f"{missing}; run pip install -e '.[serve]'") from error
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    socket.create_server((host, port), family=family).close()  # an OSError if in use
    uvicorn.run(
        make_app(run, host),
        host=host,
        port=port,
        access_log=False,
        limit_concurrency=100,  # connections; others get status 503
        timeout_graceful_shutdown=3,
    )
