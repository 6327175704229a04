"""Read the rows of a request, from JSON or CSV; limited in size and time."""

import asyncio
import csv
from collections.abc import Mapping
from io import StringIO
from typing import Annotated, Any

from fastapi import HTTPException, Request
from pydantic import FailFast, Field, TypeAdapter, ValidationError
from starlette.requests import ClientDisconnect

# {% if table %}
from .. import data

# {% endif %}
MAX_BYTES = 1_000_000
MAX_ROWS = 10_000
TIMEOUT_S = 10
Value = str | int | float | bool | None
LIMITS = Field(min_length=1, max_length=MAX_ROWS)
ROWS = TypeAdapter(Annotated[list[dict[str, Value]], LIMITS, FailFast()])


def describe_body(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a request contains, for /openapi.json."""
    properties = {name: {"examples": [value]} for name, value in inputs.items()}
    row = {"type": "object", "properties": properties, "required": list(inputs)}
    rows = {"schema": {"type": "array", "items": row}}
    return {"requestBody": {"content": {"application/json": rows, "text/csv": {}}}}


async def read_body(request: Request) -> str:
    """Return the body as text; HTTPException if it is too large or too slow."""
    body, size = bytearray(), 0
    try:
        async with asyncio.timeout(TIMEOUT_S):
            # why: to its end, because most clients send all before they read an answer.
            async for chunk in request.stream():
                size += len(chunk)
                body += chunk if size <= MAX_BYTES else b""
        if size > MAX_BYTES:
            raise HTTPException(413, f"the body has more than {MAX_BYTES:,} bytes")
        return body.decode("utf-8-sig")
    except TimeoutError as error:
        raise HTTPException(408, f"the body took more than {TIMEOUT_S} s") from error
    except ClientDisconnect as error:
        raise HTTPException(400, "the client disconnected") from error
    except UnicodeDecodeError as error:
        raise HTTPException(400, f"the body is not UTF-8: {error}") from error


# {% if not table %}
def read_rows(lines: StringIO) -> list[dict[str, str]]:
    """Return the rows of CSV text with a header; ValueError if one is incomplete."""
    rows = list(csv.DictReader(lines, strict=True))
    for number, row in enumerate(rows, start=1):
        if None in row or None in row.values():
            raise ValueError(f"row {number} has not as many values as the header")
    return rows


def to_text(value: Value) -> str:
    """Return a JSON value as a CSV file would have it; null is an empty text."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


# {% endif %}
def parse_rows(text: str, content_type: str) -> list[dict[str, str]]:
    """Return the rows of a body as texts by name; HTTPException if it has none."""
    kind = content_type.partition(";")[0].strip().lower()
    try:
        if kind == "application/json":
            rows = ROWS.validate_json(text)
        elif kind == "text/csv":
            # {% if table %}
            rows = data.parse_rows(StringIO(text, newline=""))
            # {% else %}
            rows = read_rows(StringIO(text, newline=""))
            # {% endif %}
            rows = ROWS.validate_python(rows)
        else:
            raise HTTPException(415, "send Content-Type application/json or text/csv")
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = "row {}: ".format(first["loc"][0] + 1) if first["loc"] else ""
        raise HTTPException(422, f"{place}{first['msg']}") from error
    except (ValueError, csv.Error) as error:
        raise HTTPException(422, f"invalid CSV: {error}") from error
    # {% if table %}
    return rows  # numbers of JSON have no unit and no decimal comma
    # {% else %}
    return [{name: to_text(value) for name, value in row.items()} for row in rows]
    # {% endif %}
