"""`export` and `serve` of a generated project, as processes of their own."""

import csv
import json
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.request import urlopen

import pytest
from conftest import make_project, run_python

TASK = "circle"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a trained project, with a program of its model."""
    home = tmp_path_factory.mktemp("serve")
    made = make_project(home, "x", ["--task", TASK, "--no-git"])
    for words in (["train", "--device", "cpu"], ["export", "--output", "model.pt2"]):
        done = run_python("-m", "x", *words, folder=made)
        assert done.code == 0, done.err
    return made


@contextmanager
def served(folder: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Serve the model of a project on a free port; yield the process and the port."""
    command = [sys.executable, "-m", "x", "serve", "--port", "0", *words]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen(command, cwd=folder, **pipes)
    try:
        address = process.stdout.readline()
        found = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/\n", address)
        assert found, process.stderr.read()
        yield process, int(found[1])
    finally:
        process.kill()
        process.communicate()


def post(
    connection: HTTPConnection, body: bytes, kind: str = "application/json"
) -> tuple[int, dict[str, object]]:
    """Send a body to be predicted; return status and content of the response."""
    connection.request("POST", "/predict", body, {"Content-Type": kind})
    response = connection.getresponse()
    return response.status, json.loads(response.read())


def ask(port: int, body: bytes, kind: str) -> tuple[int, dict[str, object]]:
    """Do the same over a connection of its own."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        return post(connection, body, kind)
    finally:
        connection.close()


def random_points(folder: Path, count: int) -> list[tuple[list[float], str]]:
    """Return points, each with what `predict` says of it."""
    chance = random.Random(0)
    points = [[chance.uniform(-1.2, 1.2) for _ in "12"] for _ in range(count)]
    with (folder / "points.csv").open("w", newline="") as file:
        csv.writer(file).writerows(points)
    files = ("--input", "points.csv", "--program", "model.pt2")
    done = run_python("-m", "x", "predict", *files, folder=folder)
    answers = done.out.split()
    assert set(answers) == {"outer", "inner"}
    return list(zip(points, answers, strict=True))


def test_a_server_of_a_program_says_what_the_run_says(folder: Path) -> None:
    points = random_points(folder, 50)
    body = json.dumps([point for point, _ in points]).encode()
    expected = {"predictions": [answer for _, answer in points]}
    for words in ([], ["--program", "model.pt2"]):
        with served(folder, *words) as (_, port):
            assert ask(port, body, "application/json") == (200, expected)


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)]
)
def test_a_signal_ends_the_server_in_a_line(
    number: int, code: int, folder: Path
) -> None:
    with served(folder) as (process, port):
        assert ask(port, b"[[1, 1]]", "application/json")[0] == 200
        process.send_signal(number)
        assert process.wait(timeout=60) == code
        assert process.communicate() == ("", "stopped\n")


def test_a_port_that_is_taken_ends_it_in_a_line(folder: Path) -> None:
    with served(folder) as (_, port):
        words = ("serve", "--port", str(port))
        done = run_python("-m", "x", *words, folder=folder)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"error: cannot listen on 127.0.0.1, port {port}: ")
    assert done.err.count("\n") == 1


def test_help_loads_neither_torch_nor_a_web_framework(folder: Path) -> None:
    for command in ("serve", "export"):
        code = (
            "import sys\n"
            "from x.__main__ import main\n"
            f"try: main(['{command}', '--help'])\n"
            "except SystemExit: pass\n"
            "print({'torch', 'starlette', 'uvicorn'} & set(sys.modules))\n"
        )
        done = run_python("-c", code, folder=folder)
        assert done.out.splitlines()[-1] == "set()", done.err


def test_the_page_works_in_a_browser_where_there_is_one(
    folder: Path, tmp_path: Path
) -> None:
    """Without a browser the form is sent as the project's own tests do."""
    with served(folder) as (_, port):
        address = f"http://127.0.0.1:{port}/"
        with urlopen(address) as response:
            page = response.read().decode()
        assert page.count("<input ") == 2
        sent = page.replace('action="/"', f'action="{address}"')
        script = "<script>document.forms[0].submit()</script></body>"
        (tmp_path / "send.html").write_text(sent.replace("</body>", script))
        shown = open_page(f"file://{tmp_path}/send.html")
        if not shown:
            with urlopen(address, data=b"x1=0.5&x2=-0.5") as response:
                shown = response.read().decode()
    assert re.search(r"Prediction: <strong>(inner|outer)</strong>", shown)
    assert re.search(r'name="x2" value="-0.5"', shown)


def open_page(address: str) -> str:
    """Return what a browser makes of a page; nothing where there is no browser."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        return ""
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]
    command = [browser, *flags, "--virtual-time-budget=5000", address]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    return done.stdout


# proofs by many requests


@pytest.mark.slow
def test_no_request_of_two_thousand_is_lost_or_answered_wrongly(folder: Path) -> None:
    points = random_points(folder, 2_000)
    with served(folder) as (_, port):

        def send(share: int) -> int:
            connection = HTTPConnection("127.0.0.1", port, timeout=60)
            right = 0
            for point, expected in points[share::20]:
                answered = post(connection, json.dumps([point]).encode())
                right += answered == (200, {"predictions": [expected]})
            connection.close()
            return right

        begin = time.perf_counter()
        with ThreadPoolExecutor(20) as pool:
            right = sum(pool.map(send, range(20)))
        seconds = time.perf_counter() - begin
    print(f"{right} of 2000 right, {2_000 / seconds:.0f} a second")
    assert right == 2_000


@pytest.mark.slow
def test_five_hundred_malformed_bodies_are_refused_and_the_server_stays_up(
    folder: Path,
) -> None:
    good = b'[[0.5, -0.5], {"x1": 0.1, "x2": 2}]'
    statuses: dict[int, int] = {}
    with served(folder) as (process, port):
        for kind, body in malformed(good, 500):
            status, said = ask(port, body, kind)
            assert 400 <= status < 500, body
            assert isinstance(said["error"], str), body
            assert said["error"], body
            statuses[status] = statuses.get(status, 0) + 1
            assert ask(port, good, "application/json")[0] == 200
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.communicate()[1] == "stopped\n"
    print(statuses)


def malformed(good: bytes, count: int) -> Iterator[tuple[str, bytes]]:
    """Yield bodies that mean nothing, with their types: of every sort, at random."""
    chance = random.Random(0)
    kinds = ["application/json", "text/csv"]
    for number in range(count):
        spoilt = [
            (kinds[0], good[: chance.randrange(len(good))]),  # cut
            (kinds[0], good.replace(b"0.5", b'"\xff%d"' % number)),  # no UTF-8
            (kinds[0], good.replace(b"0.1", chance.choice([b"[]", b"{}", b"NaN"]))),
            (kinds[0], good.replace(b"0.5", chance.choice([b'""', b"null", b"true"]))),
            (kinds[0], good.replace(b"x2", b"x%d" % (3 + number))),  # other names
            (kinds[0], good.replace(b"2", b"2" * chance.randrange(40, 9_000))),  # huge
            (kinds[0], b"[" * chance.randrange(5_000, 500_000)),  # deep
            (kinds[0], b"[[1, 2]," * chance.randrange(20_000, 200_000)),  # large
            (kinds[0], json.dumps([[1] * chance.randrange(3, 900)]).encode()),  # wide
            (kinds[1], b"x1,x2\n1,2\n1" + b",1" * chance.randrange(2, 99)),
            (kinds[1], b'x1,x2\n"1,' + b"2" * chance.randrange(200_000)),  # open quotes
            (kinds[1], bytes(chance.randrange(256) for _ in range(99))),  # noise
            (chance.choice(["", "text/html", "a/b; c"]), good),
        ]
        yield spoilt[number % len(spoilt)]
