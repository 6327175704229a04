"""Listens for requests to the model, until Ctrl-C or SIGTERM."""

import socket

import uvicorn

from ..errors import ProjectError, SettingError
from .answers import answer
from .limits import MOST_CONNECTIONS
from .pictures import Predictor
from .service import build_app

LOOPBACK = ("127.0.0.1", "localhost")


def listen(host: str, port: int) -> socket.socket:
    """Return a socket at an address; 0 takes any port that is free.

    Raises ProjectError if the address is taken, or none of this computer.
    """
    if not host:  # as from a variable that is not set; it would mean everywhere
        raise SettingError("--host is empty; leave it out, or name an address")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        opened = socket.create_server((host, port), family=family)
        # Or each answer waits 40 ms for a sign that its head has come.
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return opened
    except OSError as error:
        reason = str(error.strerror).partition(" (")[0]
        what = f"cannot listen on {host}, port {port}: {reason}"
        raise ProjectError(f"{what}; choose another --port or --host") from error
    except OverflowError as error:
        raise SettingError(f"--port must be 0 to 65535, not {port}") from error


def build_server(predictor: Predictor, host: str) -> uvicorn.Server:
    """Return a server that answers requests by `predictor`.

    At 127.0.0.1, no name but those of this computer is answered; elsewhere any.
    """
    hosts = LOOPBACK if host in LOOPBACK else ("*",)
    config = uvicorn.Config(
        build_app(predictor, hosts),
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_graceful_shutdown=3,
    )
    return uvicorn.Server(config)


def serve(predictor: Predictor, host: str, port: int) -> None:
    """Answer requests until a signal comes; say first where."""
    values = [str(value) for value in predictor.state["inputs"].values()]
    answer(predictor, [values])  # what does not fit together shows before anyone asks
    with listen(host, port) as opened:
        place = f"[{host}]" if ":" in host else host
        print(f"http://{place}:{opened.getsockname()[1]}/", flush=True)
        build_server(predictor, host).run(sockets=[opened])
