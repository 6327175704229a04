"""The HTTP service: good requests, bad requests, and the form."""

import asyncio
import csv
import socket
import sys
from html import escape
from io import StringIO

import pytest
import torch
from fastapi import HTTPException
from fastapi.testclient import TestClient
from starlette.requests import Request

from package import __main__ as commands
from package import data
from package.serving import predictor, requests, serve
from package.serving.app import make_app


@pytest.fixture(scope="module")
def client(trained_folder):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(trained_folder)
        yield TestClient(make_app(), base_url="http://127.0.0.1")


@pytest.fixture
def row(config):
    # {% if data_info %}
    example = data.make_datasets(config)[-1]["inputs"]
    # {% else %}
    example = data.INPUTS
    # {% endif %}
    return {name: str(value) for name, value in example.items()}


def to_csv(rows, separator=","):
    text = StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def post(client, content, kind):
    return client.post("/predict", content=content, headers={"Content-Type": kind})


def test_json_and_csv_get_the_same_predictions(client, row):
    as_json = client.post("/predict", json=[row, row])
    as_csv = post(client, to_csv([row, row]), "text/csv; charset=utf-8")
    assert as_json.status_code == as_csv.status_code == 200
    assert as_json.json() == as_csv.json()
    assert len(as_json.json()["predictions"]) == 2


# {% if table %}
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_csv_has_any_separator_and_line_breaks(separator, client, row):
    first = next(iter(row))
    rows = [row | {first: f"{row[first]}\n"}, row]
    answer = post(client, to_csv(rows, separator), "text/csv")
    assert answer.json() == client.post("/predict", json=[row, row]).json()


# {% endif %}
def test_the_form_shows_what_the_command_predict_prints(
    client, row, trained_folder, monkeypatch, capsys
):
    monkeypatch.chdir(trained_folder)
    commands.predict(tuple(row.values()))
    printed = capsys.readouterr().out.strip()
    page = client.post("/", data=row).text
    assert f"Prediction: <strong>{escape(printed)}</strong>" in page


def test_columns_may_be_reordered_and_others_are_ignored(client, row):
    other = {"other": "ignored"} | dict(reversed(row.items()))
    answers = [client.post("/predict", json=[r]).json() for r in (row, other)]
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"[]", "application/json", 422),
        (b"[1]", "application/json", 422),
        (b"{", "application/json", 422),
        (b"[" * 5000, "application/json", 422),
        (b'[{"x": [1]}]', "application/json", 422),
        (b"[{}]", "application/json", 422),
        (b"", "text/csv", 422),
        (b"a,b\n1\n", "text/csv", 422),
        (b'"', "text/csv", 422),
        (b"x", "text/plain", 415),
        (b"\xff", "text/csv", 400),
    ],
)
def test_a_bad_request_gets_a_reason(client, body, kind, status):
    answer = post(client, body, kind)
    assert answer.status_code == status
    assert answer.json()["error"]


def test_too_many_rows_or_bytes_are_refused(client, monkeypatch):
    answer = client.post("/predict", json=[{}] * (requests.MAX_ROWS + 1))
    assert answer.status_code == 422
    assert "at most 10000" in answer.json()["error"]
    monkeypatch.setattr(requests, "MAX_BYTES", 5)
    assert client.post("/predict", json=[{}] * 3).status_code == 413


def test_a_prediction_that_is_not_finite_is_refused(client, row, monkeypatch):
    nan = torch.full((1, 1), torch.nan)
    monkeypatch.setattr(predictor, "predict", lambda model, x: nan)
    answer = client.post("/predict", json=[row])
    assert answer.status_code == 422
    assert "finite" in answer.json()["error"]


@pytest.mark.parametrize(("disconnects", "status"), [(False, 408), (True, 400)])
def test_a_body_that_does_not_arrive_is_refused(disconnects, status, monkeypatch):
    async def receive():
        await asyncio.sleep(0 if disconnects else 60)
        return {"type": "http.disconnect"}

    monkeypatch.setattr(requests, "TIMEOUT_S", 0.01)
    with pytest.raises(HTTPException) as refused:
        asyncio.run(requests.read_body(Request({"type": "http"}, receive)))
    assert refused.value.status_code == status


def test_another_host_name_is_refused(client):
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_openapi_lists_the_inputs(client, row):
    operation = client.get("/openapi.json").json()["paths"]["/predict"]["post"]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    assert schema["items"]["required"] == list(row)


def test_the_form_has_a_field_for_each_input_and_loads_nothing(client, row):
    page = client.get("/")
    for name, value in row.items():
        assert f'name="{escape(name)}" value="{escape(value)}"' in page.text
    assert page.text.count("<input") == len(row)
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_the_form_shows_an_error_and_what_was_typed(client, row):
    page = client.post("/", data=dict.fromkeys(row, '<b>"') | {"other": "<i>"})
    assert "<b>" not in page.text
    assert 'value="&lt;b&gt;&quot;"' in page.text
    assert "<i>" not in page.text


def test_an_address_in_use_is_an_error_before_the_model_is_loaded():
    with socket.create_server(("127.0.0.1", 0)) as busy, pytest.raises(OSError):
        serve(port=busy.getsockname()[1])


def test_without_fastapi_the_error_says_what_to_install(monkeypatch):
    monkeypatch.delitem(sys.modules, f"{serve.__module__}.app")
    monkeypatch.setitem(sys.modules, "fastapi", None)
    with pytest.raises(SystemExit, match=r"fastapi is not installed; run pip"):
        serve()
