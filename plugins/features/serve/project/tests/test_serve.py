"""The HTTP service: good requests, bad requests, and the form."""

import csv
from io import StringIO

import pytest
from fastapi.testclient import TestClient

from package import __main__ as commands
from package.serving import requests
from package.serving.app import Predictor, make_app


@pytest.fixture(scope="module")
def client(trained_folder):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(trained_folder)
        yield TestClient(make_app())


@pytest.fixture(scope="module")
def row(trained_folder):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(trained_folder)
        return Predictor(None).inputs


def to_csv(rows):
    text = StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def post_csv(client, text):
    return client.post("/predict", content=text, headers={"Content-Type": "text/csv"})


def test_json_and_csv_get_the_same_predictions(client, row):
    as_json = client.post("/predict", json=[row, row])
    as_csv = post_csv(client, to_csv([row, row]))
    assert as_json.status_code == as_csv.status_code == 200
    assert as_json.json() == as_csv.json()
    assert len(as_json.json()["predictions"]) == 2


def test_the_service_agrees_with_the_command_predict(
    client, row, trained_folder, monkeypatch, capsys
):
    monkeypatch.chdir(trained_folder)
    commands.predict(tuple(row.values()))
    (answer,) = client.post("/predict", json=[row]).json()["predictions"]
    shown = answer["probability"] if isinstance(answer, dict) else answer
    assert f"{shown:.4g}" in capsys.readouterr().out


def test_columns_may_be_reordered_and_others_are_ignored(client, row):
    other = {"other": "ignored"} | dict(reversed(row.items()))
    answers = [client.post("/predict", json=[r]).json() for r in (row, other)]
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("[]", "application/json", 400),
        ("[1]", "application/json", 400),
        ("{", "application/json", 400),
        ("[" * 5000, "application/json", 400),
        ('[{"x": [1]}]', "application/json", 400),
        ("[{}]", "application/json", 422),
        ("", "text/csv", 400),
        ("a,b\n1\n", "text/csv", 400),
        ('"', "text/csv", 400),
        ("x", "text/plain", 415),
        ("\xff", "text/csv; charset=latin-1", 400),
    ],
)
def test_a_bad_request_gets_a_reason(client, body, kind, status):
    content = body.encode("latin-1")
    answer = client.post("/predict", content=content, headers={"Content-Type": kind})
    assert answer.status_code == status
    assert answer.json()["error"]


def test_too_many_rows_or_bytes_are_refused(client, monkeypatch):
    monkeypatch.setattr(requests, "MAX_ROWS", 2)
    assert client.post("/predict", json=[{}] * 3).status_code == 413
    monkeypatch.setattr(requests, "MAX_BODY_BYTES", 5)
    assert client.post("/predict", json=[{}] * 3).status_code == 413


def test_another_host_name_is_refused(client):
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_the_form_has_a_field_for_each_input_and_shows_the_prediction(client, row):
    page = client.get("/")
    assert page.text.count("<input") == len(row)
    assert "script" not in page.headers["Content-Security-Policy"]
    answer = client.post("/", data=row)
    assert "Prediction:" in answer.text


def test_the_form_shows_errors_and_escapes_values(client, row):
    values = dict.fromkeys(row, "<script>")
    page = client.post("/", data={**values, "other": "<b>"})
    assert "<script>" not in page.text
    assert "<b>" not in page.text
