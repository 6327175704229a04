"""Read the rows of a request: JSON, CSV, or the form; limited in size and time."""

import asyncio
import csv
import json
from io import StringIO
from typing import Any
from urllib.parse import parse_qsl

from fastapi import HTTPException, Request
from pydantic import TypeAdapter, ValidationError

MAX_BODY_BYTES = 1_000_000
MAX_ROWS = 10_000
READ_TIMEOUT_S = 10
Value = str | int | float | bool | None
ROWS = TypeAdapter(list[dict[str, Value]])


async def read_body(request: Request) -> str:
    """Return the body as text; HTTPException if it is too large or too slow."""
    body = bytearray()
    try:
        async with asyncio.timeout(READ_TIMEOUT_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_BODY_BYTES:
                    raise HTTPException(413, f"more than {MAX_BODY_BYTES} bytes")
        return body.decode("utf-8-sig")
    except TimeoutError as error:
        raise HTTPException(408, f"no body within {READ_TIMEOUT_S} s") from error
    except UnicodeDecodeError as error:
        raise HTTPException(400, f"the body is not UTF-8: {error}") from error


def parse_rows(text: str, content_type: str) -> list[dict[str, str]]:
    """Return the rows of a body as texts by name; HTTPException if it has none."""
    kind = content_type.partition(";")[0].strip().lower()
    parse = {"application/json": parse_json, "text/csv": parse_csv}.get(kind)
    if parse is None:
        raise HTTPException(415, "send Content-Type application/json or text/csv")
    try:
        rows = parse(text)
    except (ValueError, csv.Error, RecursionError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise HTTPException(400, f"the body is not valid {kind}: {reason}") from error
    if not rows:
        raise HTTPException(400, "the body has no rows")
    if len(rows) > MAX_ROWS:
        raise HTTPException(413, f"{len(rows)} rows; at most {MAX_ROWS} are accepted")
    return rows


def parse_json(text: str) -> list[dict[str, str]]:
    """Return the rows of a JSON list of objects; raise ValueError for anything else."""
    try:
        rows = ROWS.validate_python(json.loads(text))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "body"
        raise ValueError(f"{where}: {first['msg']}") from error
    return [{name: to_text(value) for name, value in row.items()} for row in rows]


def to_text(value: Any) -> str:
    """Return a JSON value as a CSV file would have it; null is an empty text."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def parse_csv(text: str) -> list[dict[str, str]]:
    """Return the rows of CSV text with a header; raise ValueError if they differ."""
    reader = csv.DictReader(StringIO(text, newline=""), strict=True)
    rows = list(reader)
    for number, row in enumerate(rows, start=1):
        if None in row or None in row.values():
            raise ValueError(f"row {number} has not as many values as the header")
    return rows


def parse_form(text: str) -> dict[str, str]:
    """Return the values of a form by name; HTTPException if there are too many."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=10_000)
    except ValueError as error:
        raise HTTPException(400, f"invalid form: {error}") from error
    return dict(pairs)
