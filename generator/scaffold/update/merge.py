"""Three trees to one: what was written, what became of it, what would be written now.

Each file is decided by itself, and only contents that both sides changed are merged, by
`git merge-file`. So nothing that the owner wrote can vanish without a row that says so.
"""

import tempfile
from collections import Counter
from pathlib import Path
from typing import Literal, NamedTuple

from scaffold.compose.comments import (
    Block,
    blocks_to_say,
    drop_blocks,
    find_blocks,
    put_back,
)
from scaffold.errors import GitError
from scaffold.project.blobs import (
    LINK,
    SUBMODULE,
    Blob,
    Blobs,
    has_crlf,
    to_crlf,
)
from scaffold.project.git import last_error_line, run_git

Kind = Literal["new", "updated", "merged", "conflict", "removed", "kept", "skipped"]


class Row(NamedTuple):
    """What an update does to one file; `result` is None if the file is gone then."""

    path: str
    kind: Kind
    note: str
    base: Blob | None
    ours: Blob | None
    theirs: Blob | None
    result: Blob | None

    @property
    def sides(self) -> tuple[Blob | None, ...]:
        """What of it Git has to store."""
        return self.base, self.ours, self.theirs, self.result

    @property
    def moved(self) -> bool:
        """Whether the file in the project changes."""
        return self.kind == "conflict" or self.result != self.ours


class Merged(NamedTuple):
    """A merged text, and in how many places the two sides contradict each other."""

    data: bytes
    conflicts: int


def merge(base: Blobs, ours: Blobs, theirs: Blobs) -> list[Row]:
    """Return a row for each file that the template changed, or that would have changed.

    `base` is what was written, `ours` what the owner made of it, `theirs` what would be
    written now. A file that the template left alone has no row, and stays as it is.
    """
    rows = []
    for path in sorted({*base, *theirs}):
        sides = base.get(path), ours.get(path), theirs.get(path)
        if sides[0] != sides[2] and sides[1] != sides[2]:
            rows.append(merge_file(path, *sides))
    return rows


def merge_file(
    path: str, base: Blob | None, ours: Blob | None, theirs: Blob | None
) -> Row:
    """Return the row of a file that the template changed, and perhaps the owner."""

    def row(kind: Kind, note: str, result: Blob | None) -> Row:
        return Row(path, kind, note, base, ours, theirs, result)

    if ours is None and base is not None:
        return row("skipped", "you deleted or renamed it: it stays so", None)
    if ours is None:
        return row("new", "", theirs)
    if has_crlf(ours):
        base, theirs = to_crlf(base), to_crlf(theirs)
    if ours == base and theirs is not None:
        return row("updated", "", theirs)
    if ours == base:
        return row("removed", "the template has it no longer", None)
    if theirs is None:
        return row("kept", "the template has it no longer, but you edited it", ours)
    if ours == theirs:
        return row("merged", "you have what the template has now", ours)
    return row(*merge_blobs(path, base, ours, theirs))


def merge_blobs(
    path: str, base: Blob | None, ours: Blob, theirs: Blob
) -> tuple[Kind, str, Blob]:
    """Return kind, note and result for a file that both sides changed."""
    mode = theirs.mode if base and base.mode == ours.mode else ours.mode
    if base and ours.mode not in {LINK, SUBMODULE}:
        if base.data == theirs.data:
            return "merged", "with your edits", Blob(mode, ours.data)
        if base.data == ours.data:
            return "merged", "with the mode that you gave it", Blob(mode, theirs.data)
    if not (ours.is_text and theirs.is_text and (base is None or base.is_text)):
        note = f"no text: yours stays; git checkout --theirs {path} takes the new one"
        return "conflict", note, ours
    merged = merge_python if path.endswith(".py") else merge_text
    data, conflicts = merged(base.data if base else b"", ours.data, theirs.data)
    if not conflicts:
        same = data == ours.data
        note = "yours stays; nothing is left to take" if same else "with your edits"
        return "merged", note, Blob(mode, data)
    places = f"{conflicts} place{'s' if conflicts > 1 else ''}"
    note = "in " + places if base else "both you and the template added it"
    return "conflict", note, Blob(mode, data)


def merge_text(base: bytes, ours: bytes, theirs: bytes) -> Merged:
    """Return the merge of two texts that come from one, with Git's markers."""
    with tempfile.TemporaryDirectory(prefix="scaffold-") as scratch:
        sides = {"your edits": ours, "as it was": base, "the template": theirs}
        for label, data in sides.items():
            (Path(scratch) / label).write_bytes(data)
        labels = [word for label in sides for word in ("-L", label)]
        done = run_git("merge-file", "-p", *labels, *sides, folder=Path(scratch))
    # The exit code is the number of conflicts, of which Git counts 127 at most.
    if not 0 <= done.returncode <= 127:
        raise GitError(f"git merge-file failed: {last_error_line(done)}")
    return Merged(done.stdout, done.returncode)


def merge_python(base: bytes, ours: bytes, theirs: bytes) -> Merged:
    """Return the merge of two Python files; a lesson's comments never conflict.

    Where comments stand in the way, the code is merged without those of the lesson, and
    what the template says now is put back above it.
    """
    plain = merge_text(base, ours, theirs)
    if not plain.conflicts:
        return plain
    try:
        texts = [side.decode() for side in (base, ours, theirs)]
    except UnicodeDecodeError:
        return plain
    said = Counter(block.lines for block in find_blocks(texts[0]))
    mine = written_by_template(find_blocks(texts[1]), said)
    bare = [drop_blocks(texts[0], find_blocks(texts[0]))]
    bare += [drop_blocks(texts[1], mine), drop_blocks(texts[2], find_blocks(texts[2]))]
    merged = merge_text(*(text.encode() for text in bare))
    if merged.conflicts >= plain.conflicts:
        return plain
    wanted = blocks_to_say(texts[0], texts[2], {block.lines for block in mine})
    text = put_back(merged.data.decode(), texts[2], wanted)
    return Merged(text.encode(), merged.conflicts)


def written_by_template(
    blocks: list[Block], said: Counter[tuple[str, ...]]
) -> list[Block]:
    """Return those of `blocks` that the template wrote, each as often as it did.

    A further one is a copy that the owner made, and the owner's.
    """
    found: Counter[tuple[str, ...]] = Counter()
    kept = []
    for block in blocks:
        found[block.lines] += 1
        if found[block.lines] <= said[block.lines]:
            kept.append(block)
    return kept
