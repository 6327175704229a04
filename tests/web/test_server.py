"""The server gives the files of the page to this machine only."""

import http.client
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from conftest import Done
from packages import edit, install

from scaffold.catalog.plugins import find_plugin
from scaffold.web import site
from scaffold.web.server import HEADERS, POLICY, make_server
from scaffold.web.session import Session

PAGE = site.PAGE


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Pretend that `make web` got Pyodide."""
    folder = tmp_path / "runtime"
    folder.mkdir()
    (folder / site.MARK).write_bytes(b"\0asm")
    monkeypatch.setattr(site, "RUNTIME", folder)
    return folder


@pytest.fixture
def port(runtime: Path) -> Iterator[int]:
    with make_server(site.make_site(()), 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


class Answer(NamedTuple):
    """The response to a request."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


def get(
    port: int, path: str, host: str = "", method: str = "GET", **headers: str
) -> Answer:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as server:
        headers = {"Host": host or f"127.0.0.1:{port}", **headers}
        server.request(method, path, headers=headers)
        answer = server.getresponse()
        return Answer(answer.status, answer.headers, answer.read())


def test_every_file_of_the_page_is_served_with_its_type(port: int) -> None:
    for path in ("", *site.make_site(())):
        answer = get(port, f"/{path}")
        assert answer.status == 200, path
        for name, value in HEADERS.items():
            assert answer.headers[name] == value
        assert len(answer.body) == int(answer.headers["Content-Length"])
    assert get(port, "/main.js").headers["Content-Type"].startswith("text/javascript")
    wasm = get(port, f"/runtime/{site.MARK}")
    assert wasm.headers["Content-Type"] == "application/wasm"


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{}", "127.0.0.1", "localhost.evil:{}", "::1"]
)
def test_requests_that_name_another_host_get_nothing(port: int, host: str) -> None:
    answer = get(port, "/", host.format(port))
    assert answer.status == 421
    assert b"html" not in answer.body


def test_the_name_localhost_is_its_own_host(port: int) -> None:
    assert get(port, "/", f"localhost:{port}").status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/../pyproject.toml",
        "/%2e%2e/pyproject.toml",
        "//etc/passwd",
        "/web/",
    ],
)
def test_other_files_are_not_found(port: int, path: str) -> None:
    answer = get(port, path)
    assert answer.status == 404
    assert answer.body.count(b"\n") == 1


def test_it_only_reads(port: int) -> None:
    assert get(port, "/", method="POST").status == 501
    answer = get(port, "/", method="HEAD")
    assert (answer.status, answer.body) == (200, b"")


def test_a_file_that_the_browser_has_is_not_sent_again(port: int) -> None:
    tag = get(port, "/main.js").headers["ETag"]
    answer = get(port, "/main.js", **{"If-None-Match": tag})
    assert (answer.status, answer.body) == (304, b"")


def test_the_page_has_the_policy_of_the_server_and_nothing_inline() -> None:
    text = (PAGE / "index.html").read_text()
    policy = re.search(r'content="(default-src[^"]*)"', text)
    assert policy
    assert f"{policy[1]}; frame-ancestors 'none'" == POLICY
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", text)


def test_the_page_never_takes_a_text_as_markup_or_code() -> None:
    for path in PAGE.glob("*.js"):
        forbidden = (
            r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\(|Function\("
        )
        assert not re.search(forbidden, path.read_text()), path


def test_the_page_loads_nothing_from_elsewhere() -> None:
    for path in PAGE.iterdir():
        text = path.read_text().replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|[\"']//", text), path


def test_python_code_of_the_page_is_complete(tmp_path: Path) -> None:
    """It needs only msgspec, which is compiled, and the standard library."""
    extract(site.zip_python(()), tmp_path / "site")
    shown = run_page(tmp_path, '{"task": "circle", "features": ["serve"]}')
    assert shown["name"] == "my-circle"


def test_plugins_in_packages_and_folders_are_those_of_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The template names where a plugin comes from, so that an update finds it."""
    (tmp_path / "packages").mkdir()
    monkeypatch.syspath_prepend(tmp_path / "packages")
    install(tmp_path / "packages", "rings", "scaffold_rings.inner")
    folder = tmp_path / "hoops"
    shutil.copytree(find_plugin("circle", "task").folder, folder)
    edit(folder, 'name = "circle"', 'name = "hoops"')
    extract(site.zip_python([folder]), tmp_path / "site")
    for task in ("rings", "hoops"):
        choices = json.dumps({"task": task})
        expected = json.loads(Session({str(folder): str(folder)}).preview(choices))
        assert run_page(tmp_path, choices) == expected


def extract(data: bytes, folder: Path) -> None:
    zipfile.ZipFile(io.BytesIO(data)).extractall(folder)


def run_page(home: Path, choices: str) -> dict[str, object]:
    """Return the preview of a page, in a Python without other packages."""
    code = (
        "import sys; sys.path += sys.argv[1:3]; from scaffold.web.session import start"
    )
    code += "; print(start(sys.argv[1]).preview(sys.argv[3]))"
    alone = home / "msgspec"
    if not alone.exists():
        alone.mkdir()
        (alone / "msgspec").symlink_to(Path(msgspec.__file__).parent)
    words = [home / "site", alone, choices]
    command = [sys.executable, "-I", "-S", "-c", code, *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_without_pyodide_the_command_says_how_to_get_it(
    scaffold: Callable[..., Done], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site, "RUNTIME", tmp_path)
    done = scaffold("web", "--port", "0")
    assert done.code == 1
    assert done.err.startswith("Error: the page needs Pyodide")
    assert "make web" in done.err
    assert done.err.count("\n") == 1


def test_a_port_in_use_is_an_error_in_one_line(
    port: int, scaffold: Callable[..., Done]
) -> None:
    done = scaffold("web", "--port", str(port))
    assert done.code == 1
    assert done.err.count("\n") == 1
    assert f"port {port}: Address already in use" in done.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_server(number: signal.Signals, runtime: Path) -> None:
    code = (
        "import sys, pathlib, scaffold.web.site as site; from scaffold.cli import main"
    )
    code += "; site.RUNTIME = pathlib.Path(sys.argv[1]); main(['web', '--port', '0'])"
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(runtime)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout
    assert process.stdout.readline().startswith("http://127.0.0.1:")
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 128 + number
    assert err == "Error: interrupted; no incomplete files are left\n"
