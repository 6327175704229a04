"""Serve predictions over HTTP."""


def serve(run: int | None = None, host: str = "127.0.0.1", port: int = 8000) -> None:
    """Serve predictions of a run, by default of the latest, over HTTP."""
    try:
        import uvicorn  # imported here, so that --help need not load it

        from .app import make_app
    except ModuleNotFoundError as error:
        if error.name not in {"fastapi", "uvicorn"}:
            raise
        missing = f"error: {error.name} is not installed"
        raise SystemExit(f"{missing}; run pip install -e '.[serve]'") from error
    uvicorn.run(
        make_app(run, host),
        host=host,
        port=port,
        limit_concurrency=100,  # connections; others get status 503
        timeout_keep_alive=5,
    )
