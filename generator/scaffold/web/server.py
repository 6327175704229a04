"""Serve the page on this machine, to this machine only."""

import hashlib
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from scaffold.errors import ScaffoldError
from scaffold.web.site import Site

HOST = "127.0.0.1"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
}
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; "
    "connect-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",  # ask each time, and get 304
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def make_server(site: Site, port: int) -> ThreadingHTTPServer:
    """Return a server for the page, already listening; port 0 takes a free one.

    Raises ScaffoldError if the port cannot be used.
    """
    try:
        return ThreadingHTTPServer((HOST, port), partial(Handler, site))
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ScaffoldError(
            f"cannot listen on port {port}: {reason}; choose another with --port"
        ) from error


class Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD for the files of a site."""

    server_version, sys_version = "scaffold", ""
    protocol_version = "HTTP/1.1"
    timeout = 30

    def __init__(self, site: Site, *args: object) -> None:
        self.site = site
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Send a file, or an error."""
        if not self.is_own_host():  # the name of another site can lead to this address
            self.send_text(HTTPStatus.MISDIRECTED_REQUEST, "This is another host.\n")
            return
        path = unquote(urlsplit(self.path).path).removeprefix("/") or "index.html"
        if path not in self.site:
            self.send_text(HTTPStatus.NOT_FOUND, "There is no such file.\n")
            return
        try:
            body = self.site[path]()
        except (OSError, ScaffoldError) as error:
            self.send_text(HTTPStatus.INTERNAL_SERVER_ERROR, f"{error}\n")
            return
        kind = TYPES.get(PurePosixPath(path).suffix, "application/octet-stream")
        self.send_body(HTTPStatus.OK, kind, body)

    def do_HEAD(self) -> None:
        """Send the header of a file."""
        self.do_GET()

    def is_own_host(self) -> bool:
        """Return whether the request names this machine and the port."""
        assert isinstance(self.server, ThreadingHTTPServer)
        port = self.server.server_port
        return self.headers["Host"] in {f"{HOST}:{port}", f"localhost:{port}"}

    def send_text(self, status: HTTPStatus, text: str) -> None:
        """Send a line of text."""
        self.send_body(status, "text/plain; charset=utf-8", text.encode())

    def send_body(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        """Send a response, without the body if the browser has it already."""
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        if status == HTTPStatus.OK and self.headers["If-None-Match"] == tag:
            status, body = HTTPStatus.NOT_MODIFIED, b""
        self.send_response(status)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.send_header("ETag", tag)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing for each request."""
