"""How much a request may bring, how long it may take, and how it is refused."""

import asyncio
from collections.abc import AsyncIterator

from ..errors import ProjectError

MOST_BYTES = 1_000_000  # of a body
MOST_SECONDS = 10  # until all of it has come
MOST_ROWS = 10_000
MOST_CONNECTIONS = 100


class BodyError(ProjectError):
    """A body that is refused; `status` tells a program why, the message people."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


async def read_body(stream: AsyncIterator[bytes]) -> bytes:
    """Return a body; raise BodyError if it is too large, or takes too long."""
    body, size = bytearray(), 0
    try:
        async with asyncio.timeout(MOST_SECONDS):
            # To its end, since few clients listen before they have sent everything.
            async for part in stream:
                size += len(part)
                body += part if size <= MOST_BYTES else b""
    except TimeoutError as error:
        raise BodyError(f"no whole body in {MOST_SECONDS} seconds", 408) from error
    if size > MOST_BYTES:
        raise BodyError(f"the body is larger than {MOST_BYTES} bytes", 413)
    return bytes(body)
