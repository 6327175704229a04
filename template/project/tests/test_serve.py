"""Over HTTP: predictions for rows of JSON and CSV, and reasons for refusals."""

import csv
import json
import socket
import sys
from io import StringIO
from pathlib import Path

import pytest
from conftest import ask

from package.__main__ import main
from package.errors import ProjectError
from package.tools import limits, serve
from package.tools.answers import answer
from package.tools.pictures import Predictor

JSON, CSV, FORM = "application/json", "text/csv", "application/x-www-form-urlencoded"


def post(port: int, kind: str, body: str | bytes) -> tuple[int, dict[str, object]]:
    """Send a body to be predicted; return status and content of the response."""
    content = body.encode() if isinstance(body, str) else body
    status, said = ask(port, "POST", "/predict", content, Content_Type=kind)
    return status, json.loads(said)


def to_csv(*rows: list[str]) -> str:
    text = StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def test_rows_of_json_and_of_csv_get_the_answers_of_predict(
    port: int, predictor: Predictor
) -> None:
    inputs = predictor.state["inputs"]
    texts = [str(value) for value in inputs.values()]
    backwards = [list(inputs)[::-1], texts[::-1], texts[::-1]]
    expected = {"predictions": answer(predictor, [texts, texts])}
    both_ways = json.dumps([inputs, list(inputs.values())])
    assert post(port, JSON, both_ways) == (200, expected)
    assert post(port, CSV, to_csv(texts, texts)) == (200, expected)
    assert post(port, f"{CSV}; charset=utf-8", to_csv(*backwards)) == (200, expected)


def test_wrong_values_get_the_message_of_predict(
    port: int, predictor: Predictor
) -> None:
    row = ["1"] * (len(predictor.state["inputs"]) + 1)
    with pytest.raises(ProjectError) as refused:
        answer(predictor, [row])
    message = str(refused.value)[:2_000]  # a table may have very many columns
    assert post(port, JSON, json.dumps([row])) == (422, {"error": message})


MALFORMED = {
    "empty": (JSON, b"", 400, "no row"),
    "no rows": (JSON, b"[]", 400, "no row"),
    "no list": (JSON, b"{}", 400, "no list of rows"),
    "cut": (JSON, b"[1", 400, "delimiter"),
    "row without list": (JSON, b"[1, 2]", 400, "input 1 is no row"),
    "no names": (JSON, b"[[], {}]", 400, "input 2: "),
    "a name twice": (JSON, b'[{"a": 1, "a": 2}]', 400, "twice"),
    "a list as value": (JSON, b"[[[]]]", 400, "list or an object"),
    "no UTF-8": (JSON, b"\xff", 400, "UTF-8"),
    "half a character": (JSON, rb'[["\ud800"]]', 400, "UTF-8"),
    "deep": (JSON, b"[" * 100_000, 400, "recursion"),
    "many rows": (JSON, b"[" + b"[1]," * 10_000 + b"[1]]", 413, "10000"),
    "large": (JSON, b" " * (limits.MOST_BYTES + 1), 413, "larger than 1000000"),
    "blank": (CSV, b'\n""\n', 400, "no row"),
    "open quotes": (CSV, b'"1', 400, "unexpected end"),
    "no type": ("", b"[[1]]", 415, "send application/json or text/csv"),
    "a form": (FORM, b"x=1", 415, "send application/json or text/csv"),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_a_malformed_body_is_refused_with_a_reason(case: str, port: int) -> None:
    kind, body, expected, reason = MALFORMED[case]
    status, said = post(port, kind, body)
    assert status == expected
    assert reason in said["error"]


def test_a_body_that_does_not_come_is_not_waited_for(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_SECONDS", 0.1)
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        start = (
            "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n["
        )
        connection.sendall(start.encode())
        assert connection.recv(1_000).startswith(b"HTTP/1.1 408 ")


def test_other_places_methods_and_hosts_are_refused(port: int) -> None:
    for method, place, status in (("GET", "/etc", 404), ("GET", "/predict", 405)):
        found, said = ask(port, method, place)
        assert found == status
        assert "POST rows to /predict" in json.loads(said)["error"]
    assert ask(port, "GET", "/", Host="example.org")[0] == 400


def test_a_port_that_is_taken_is_one_line(port: int) -> None:
    with pytest.raises(ProjectError, match=f"port {port}: Address already in use"):
        serve.listen("127.0.0.1", port)


def test_without_its_packages_serve_says_what_to_type(
    runs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, serve.__name__)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    assert main(["serve", "--out", str(runs)]) == 1
    message = "uvicorn is not installed; type: pip install -e '.[serve]'"
    assert capsys.readouterr().err == f"error: {message}\n"
