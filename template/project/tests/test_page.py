"""The page of the server: a form that needs no script, for a browser or a test."""

from html.parser import HTMLParser
from urllib.parse import urlencode

from conftest import ask

from package.tools.answers import answer
from package.tools.pictures import Predictor

FORM = "application/x-www-form-urlencoded"


class Reader(HTMLParser):
    """Reads what a person would see of the page: fields with labels, and news."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}  # value by name
        self.labels: list[str] = []
        self.news: dict[str, str] = {}  # text by role
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.tags.append((tag, named))
        if tag == "input":
            self.fields[named["name"] or ""] = named["value"] or ""

    def handle_data(self, text: str) -> None:
        words = [tag for tag, _ in self.tags[-2:]]
        if words == ["label", "span"] and text.strip():
            self.labels.append(text)
        for _, named in self.tags[-2:]:
            if role := named.get("role"):
                self.news[role] = self.news.get(role, "") + text.strip()


def send(port: int, values: dict[str, str]) -> tuple[int, Reader]:
    """Fill in the form and send it, as a browser does."""
    body = urlencode(values).encode()
    status, page = ask(port, "POST", "/", body, Content_Type=FORM)
    return status, Reader(page)


def test_the_form_has_a_field_with_a_label_for_each_input(
    port: int, predictor: Predictor
) -> None:
    status, text = ask(port, "GET", "/")
    page = Reader(text)
    inputs = predictor.state["inputs"]
    assert status == 200
    assert page.fields == {name: str(value) for name, value in inputs.items()}
    assert page.labels == list(inputs)
    assert page.news == {}


def test_the_form_as_it_comes_gets_the_answer_of_predict(
    port: int, predictor: Predictor
) -> None:
    texts = [str(value) for value in predictor.state["inputs"].values()]
    status, page = send(port, Reader(ask(port, "GET", "/")[1]).fields)
    assert status == 200
    [expected] = answer(predictor, [texts])
    assert page.news["status"].startswith(f"Prediction:{expected}")


def test_what_is_wrong_is_said_and_what_was_typed_stays(
    port: int, predictor: Predictor
) -> None:
    first, *others = predictor.state["inputs"]
    typed = {first: '<b>"&'} | dict.fromkeys(others, "")
    typed["and"] = "more"
    status, page = send(port, typed)
    assert status == 400
    assert "there is no 'and'" in page.news["alert"]
    assert page.fields[first] == '<b>"&'
    assert "b" not in [tag for tag, _ in page.tags]


def test_nothing_is_loaded_from_elsewhere_and_no_script_is_run(port: int) -> None:
    page = Reader(ask(port, "GET", "/")[1])
    assert {"script", "link", "img", "iframe"}.isdisjoint(tag for tag, _ in page.tags)
    assert {"src", "href", "onclick"}.isdisjoint(key for _, a in page.tags for key in a)
