"""The feature serve: the HTTP service of a generated project, as a process."""

import csv
import json
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.request import urlopen

import pytest
from conftest import make_project, run_python

from scaffold.catalog.discovery import DATA

JSON, CSV = "application/json", "text/csv"
TO_VALUES = "def to_values(labels):\n    return labels.tolist()\n\n\ndef metric_fn("
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
Point = dict[str, float]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a trained project with the feature serve."""
    words = ["--task", "circle", "--with", "serve", "--no-git"]
    made = make_project(tmp_path_factory.mktemp("serve"), "x", words)
    done = run_python("-m", "x", "train", "--device", "cpu", folder=made)
    assert done.code == 0, done.err
    return made


@contextmanager
def served(folder: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Serve the model of a project on a free port; yield the process and the port."""
    command = [sys.executable, "-m", "x", "serve", "--port", "0"]
    process = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True)
    assert process.stderr
    try:
        log = ""
        while not (found := re.search(r"http://127\.0\.0\.1:(\d+) ", log)):
            line = process.stderr.readline()
            assert line, log
            log += line
        yield process, int(found[1])
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


@pytest.fixture(scope="module")
def port(folder: Path) -> Iterator[int]:
    """Return the port of a server that the tests of this module share."""
    with served(folder) as (_, port):
        yield port


def post(
    connection: HTTPConnection, body: bytes, content_type: str = JSON
) -> tuple[int, dict[str, list[dict[str, object]]]]:
    """Send a body to /predict; return status and content of the response."""
    connection.request("POST", "/predict", body, {"Content-Type": content_type})
    response = connection.getresponse()
    return response.status, json.loads(response.read())


def post_alone(
    port: int, body: bytes, content_type: str = JSON
) -> tuple[int, dict[str, list[dict[str, object]]]]:
    """Send a body over a connection of its own."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        return post(connection, body, content_type)
    finally:
        connection.close()


def random_points(folder: Path, count: int) -> list[tuple[Point, str]]:
    """Return points, each with the class that the command predict prints."""
    rng = random.Random(0)
    points = [{x: rng.uniform(-1.2, 1.2) for x in ("x1", "x2")} for _ in range(count)]
    with (folder / "points.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, ["x1", "x2"])
        writer.writeheader()
        writer.writerows(points)
    done = run_python("-m", "x", "predict", "--input", "points.csv", folder=folder)
    classes = [line.split()[0] for line in done.out.splitlines()]
    assert set(classes) == {"outer", "inner"}
    return list(zip(points, classes, strict=True))


def test_the_service_predicts_the_classes_that_the_command_prints(
    folder: Path, port: int
) -> None:
    points = random_points(folder, 50)
    body = json.dumps([point for point, _ in points]).encode()
    status, content = post_alone(port, body)
    assert status == 200
    predictions = content["predictions"]
    assert [found["class"] for found in predictions] == [name for _, name in points]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_server_without_traceback_though_a_client_disconnected(
    number: int, folder: Path
) -> None:
    """A shell shows the exit statuses 130 and 143."""
    with served(folder) as (process, port):
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        connection.putrequest("POST", "/predict")
        connection.putheader("Content-Length", "100")
        connection.endheaders(b"[")
        connection.close()
        assert post_alone(port, b'[{"x1": 1, "x2": 1}]')[0] == 200
        process.send_signal(number)
        assert process.wait(timeout=60) == -number
        assert "Traceback" not in process.stderr.read()


def test_a_port_in_use_is_an_error_without_traceback(folder: Path, port: int) -> None:
    done = run_python("-m", "x", "serve", "--port", str(port), folder=folder)
    assert done.code != 0
    assert "Address already in use" in done.err
    assert "Traceback" not in done.err


def test_help_loads_neither_torch_nor_a_web_framework(folder: Path) -> None:
    words = ("-X", "importtime", "-m", "x", "serve", "--help")
    done = run_python(*words, folder=folder)
    assert "--port" in done.out
    modules = {line.rpartition("|")[2].strip() for line in done.err.splitlines()}
    assert "x.serving" in modules
    assert not {"torch", "fastapi", "starlette", "uvicorn"} & modules


@pytest.mark.slow
def test_a_custom_task_with_unusual_names_is_served_and_exported(
    tmp_path: Path,
) -> None:
    plugin = shutil.copytree(DATA / "plugins/tasks/circle", tmp_path / "odd")
    changes = [
        ("plugin.toml", 'name = "circle"', 'name = "odd"'),
        ("plugin.toml", 'family = "binary"', 'family = "custom"'),
        ("project/{{ package }}/loss.py", "def metric_fn(", TO_VALUES),
        ("project/{{ package }}/data.py", '"x1": 0.5', '"größe (m²)": 0.5'),
        ("project/{{ package }}/data.py", '"x2": -0.5', "'<b>\"&': -0.5"),
    ]
    for name, old, new in changes:
        text = (plugin / name).read_text()
        assert old in text
        (plugin / name).write_text(text.replace(old, new))
    features = ["--with", "serve", "--with", "export", "--no-git"]
    words = ["--plugin", str(plugin), "--task", "odd", *features]
    made = make_project(tmp_path, "x", words)
    tests = ("tests/test_serve.py", "tests/test_export.py")
    done = run_python("-m", "pytest", "-q", *tests, folder=made)
    assert done.code == 0, done.out


def test_the_form_works_in_a_browser_if_there_is_one(port: int, tmp_path: Path) -> None:
    """Without a browser, the form is sent by Python."""
    address = f"http://127.0.0.1:{port}/"
    with urlopen(address) as response:
        page = response.read().decode()
    form = page.replace("<form", f'<form action="{address}"')
    script = "<script>document.forms[0].submit()</script></html>"
    (tmp_path / "send.html").write_text(form.replace("</html>", script))
    shown = open_in_browser(f"file://{tmp_path}/send.html")
    if not shown:
        with urlopen(address, data=b"x1=0.5&x2=-0.5") as response:
            shown = response.read().decode()
    assert re.search(r"Prediction: <strong>(inner|outer) \(p = [\d.]+\)", shown)
    assert 'name="x2" value="-0.5"' in shown


def open_in_browser(address: str) -> str:
    """Return the HTML of a page after it has loaded; "" if there is no browser."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        return ""
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]
    command = [browser, *flags, "--virtual-time-budget=5000", address]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    return done.stdout


# proofs by many requests


@pytest.mark.slow
def test_two_thousand_requests_on_twenty_connections_get_the_right_predictions(
    folder: Path,
) -> None:
    points = random_points(folder, 2_000)
    with served(folder) as (_, port):

        def send(first: int) -> int:
            connection = HTTPConnection("127.0.0.1", port, timeout=60)
            right = 0
            for point, expected in points[first::20]:
                status, content = post(connection, json.dumps([point]).encode())
                found = [each["class"] for each in content["predictions"]]
                right += (status, found) == (200, [expected])
            connection.close()
            return right

        start = time.perf_counter()
        with ThreadPoolExecutor(20) as pool:
            right = sum(pool.map(send, range(20)))
        seconds = time.perf_counter() - start
    print(f"{right} of 2000 right, {2_000 / seconds:.0f} requests per second")
    assert right == 2_000


@pytest.mark.slow
def test_five_hundred_malformed_bodies_are_refused_and_the_server_stays_up(
    folder: Path,
) -> None:
    good = b'[{"x1": 0.5, "x2": -0.5}, {"x1": 0.1, "x2": 2}]'
    statuses: Counter[int] = Counter()
    with served(folder) as (process, port):
        for content_type, body in malformed(good, 500):
            status, content = post_alone(port, body, content_type)
            assert 400 <= status < 500, (content, body[:200])
            assert isinstance(content["error"], str), body[:200]
            assert content["error"], body[:200]
            statuses[status] += 1
            assert post_alone(port, good)[0] == 200
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert "Traceback" not in process.stderr.read()
    print(dict(statuses))


def malformed(good: bytes, count: int) -> Iterator[tuple[str, bytes]]:
    """Yield Content-Types and bodies of every invalid kind, in random variants."""
    rng = random.Random(0)
    for number in range(count):
        digits = b"2" * rng.randrange(40, 9_000)
        bad = rng.choice([b"[]", b"{}", b"NaN", b'""', b"null", b"true", b"1e999"])
        variants = [
            (JSON, good[: rng.randrange(len(good))]),
            (JSON, good.replace(b"0.5", b'"\xff%d"' % number)),
            (JSON, good.replace(b"0.5", rb'"\ud8%02d"' % (number % 100))),
            (JSON, good.replace(b"0.1", bad)),
            (JSON, good.replace(b"x2", b"x%d" % (3 + number))),
            (JSON, good.replace(b" 2", digits)),
            (JSON, b"[" * rng.randrange(5_000, 500_000)),
            (JSON, b'[{"x1": 1, "x2": 2},' * rng.randrange(60_000, 200_000)),
            (JSON, json.dumps([[1] * rng.randrange(3, 200_000)]).encode()),
            (JSON, json.dumps([{}] * rng.randrange(1, 20_000)).encode()),
            (CSV, b"x1,x2\n1,2\n1" + b",1" * rng.randrange(2, 99)),
            (CSV, b'x1,x2\n"1,' + b"2" * rng.randrange(200_000)),
            (CSV, b"x1,x2\n" + b"1,2\n" * rng.randrange(10_001, 99_999)),
            (CSV, rng.randbytes(99)),
            (rng.choice(["", "text/html", "a/b; c"]), good),
        ]
        yield variants[number % len(variants)]


@pytest.mark.slow
def test_random_changes_of_a_body_get_a_prediction_or_a_reason(folder: Path) -> None:
    rng = random.Random(0)
    bodies = {
        JSON: b'[{"x1": 0.5, "x2": -0.5}, {"x1": "1e3", "x2": null, "y": true}]',
        CSV: b'x1,x2,"y"\r\n0.5,-0.5,"a, b"\r\n1e3,2,\r\n',
    }
    statuses: Counter[int] = Counter()
    with served(folder) as (process, port):
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        for _ in range(2_000):
            content_type = rng.choice([JSON, CSV])
            body = bytearray(bodies[content_type])
            for _ in range(rng.randrange(1, 4)):
                place = rng.randrange(len(body))
                length = rng.choice([0, 1, 1, 5])
                text = rng.choices(b'[]{}",:\\\n-019eExy\0\xff', k=rng.randrange(3))
                body[place : place + length] = bytes(text)
            status, content = post(connection, bytes(body), content_type)
            statuses[status] += 1
            assert status == 200 or (400 <= status < 500 and content["error"]), body
        connection.close()
        process.send_signal(signal.SIGTERM)
        assert "Traceback" not in process.stderr.read()
    print(dict(statuses))
