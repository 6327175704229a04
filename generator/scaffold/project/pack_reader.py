"""Read the objects of a Git pack without Git: in a browser, there is none."""

import zlib

from scaffold.project.pack import KINDS
from scaffold.tree import object_id

NAMES = {number: kind for kind, number in KINDS.items()}
OFFSET_DELTA, REFERENCE_DELTA = 6, 7  # what the base of a delta is named by


def read_objects(pack: bytes, limit: int) -> dict[str, bytes]:
    """Return the objects of a pack that has its own bases, by ID.

    Raises ValueError if it is damaged, or unpacks to more than `limit` bytes.
    """
    found: dict[str, bytes] = {}
    read: dict[int | bytes, tuple[str, bytes]] = {}  # by offset and by ID
    position = 12
    try:
        for _ in range(int.from_bytes(pack[8:12], "big")):
            start = position
            number, size, position = read_entry_header(pack, position)
            limit -= size
            if limit < 0:
                raise ValueError("it unpacks to too many bytes")
            base: int | bytes = b""
            if number == OFFSET_DELTA:
                distance, position = read_distance(pack, position)
                base = start - distance
            elif number == REFERENCE_DELTA:
                base, position = pack[position : position + 20], position + 20
            body, position = inflate(pack, position, size)
            if base:
                kind, body = read[base][0], apply_delta(read[base][1], body, limit)
                limit -= len(body)
            else:
                kind = NAMES[number]
            name = object_id(kind, body)
            read[start] = read[name] = kind, body
            found[name.hex()] = body
    except (KeyError, IndexError, zlib.error) as error:
        raise ValueError(f"it is damaged: {error!r}") from error
    return found


def read_entry_header(pack: bytes, position: int) -> tuple[int, int, int]:
    """Return kind and size of the entry at a position, and where its body begins."""
    byte = pack[position]
    kind, size, shift = byte >> 4 & 7, byte & 15, 4
    while byte & 128:
        position += 1
        byte = pack[position]
        size |= (byte & 127) << shift
        shift += 7
    return kind, size, position + 1


def read_distance(pack: bytes, position: int) -> tuple[int, int]:
    """Return how far before a delta its base is, and where the delta begins."""
    byte = pack[position]
    distance = byte & 127
    while byte & 128:
        position += 1
        byte = pack[position]
        distance = (distance + 1) << 7 | byte & 127
    return distance, position + 1


def inflate(pack: bytes, position: int, size: int) -> tuple[bytes, int]:
    """Return the `size` bytes that are compressed at a position, and where they end."""
    stream = zlib.decompressobj()
    body = stream.decompress(pack[position:], size + 1)
    if len(body) != size or not stream.eof:
        raise ValueError("it has an object of another size than it says")
    return body, len(pack) - len(stream.unused_data)


def apply_delta(base: bytes, delta: bytes, limit: int) -> bytes:
    """Return the object that a delta makes of its base."""
    position = 0
    sizes = []
    for _ in range(2):
        size = shift = 0
        byte = 128
        while byte & 128:
            byte, position = delta[position], position + 1
            size, shift = size | (byte & 127) << shift, shift + 7
        sizes.append(size)
    if sizes[0] != len(base) or sizes[1] > limit:
        raise ValueError("it has a delta that does not fit")
    parts = []
    while position < len(delta):
        code, position = delta[position], position + 1
        if not code & 128:  # the next bytes themselves
            parts.append(delta[position : position + code])
            position += code
            continue
        numbers = [0] * 7  # bytes of offset and length in the base, the lowest first
        for index in range(7):
            if code >> index & 1:
                numbers[index], position = delta[position], position + 1
        offset = int.from_bytes(bytes(numbers[:4]), "little")
        length = int.from_bytes(bytes(numbers[4:]), "little") or 65536
        parts.append(base[offset : offset + length])
    body = b"".join(parts)
    if len(body) != sizes[1]:
        raise ValueError("it has a delta that does not fit")
    return body
