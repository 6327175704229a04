"""Three-way merge of file trees: generated before, edited, generated now.

Files are merged one by one, with `git merge-file` where both sides changed the content.
No edit can get lost without a row that reports it.
"""

import tempfile
from collections import Counter
from pathlib import Path
from typing import Literal, NamedTuple

from scaffold.compose.comments import (
    Block,
    blocks_to_add,
    drop_blocks,
    find_blocks,
    restore_blocks,
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
from scaffold.update.answers import keep_answers
from scaffold.update.insertions import join_insertions

Kind = Literal["new", "updated", "merged", "conflict", "removed", "kept", "skipped"]


class Row(NamedTuple):
    """What an update does to one file; `result` is None if it is removed."""

    path: str
    kind: Kind
    note: str
    base: Blob | None
    ours: Blob | None
    theirs: Blob | None
    result: Blob | None
    source: str = ""  # the path in the template, if the owner moved the file

    @property
    def sides(self) -> tuple[Blob | None, ...]:
        """The blobs to store in Git."""
        return self.base, self.ours, self.theirs, self.result

    @property
    def changed(self) -> bool:
        """Whether the file in the project changes."""
        return self.kind == "conflict" or self.result != self.ours


class Merged(NamedTuple):
    """A merged text, and its number of conflicts."""

    data: bytes
    conflicts: int


def merge(base: Blobs, ours: Blobs, theirs: Blobs) -> list[Row]:
    """Return a row for each file that the template changed.

    `base` is what was generated, `ours` has the user's edits, `theirs` is what would be
    generated now. Files that the template did not change have no row.
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
    """Return the row of a file that the template changed, and the user may have."""

    def row(kind: Kind, note: str, result: Blob | None) -> Row:
        return Row(path, kind, note, base, ours, theirs, result)

    if ours is None and base is not None:
        return row("skipped", "you deleted it", None)
    if ours is None:
        return row("new", "", theirs)
    if has_crlf(ours):
        base, theirs = to_crlf(base), to_crlf(theirs)
    if ours == base and theirs is not None:
        return row("updated", "", theirs)
    if ours == base:
        return row("removed", "removed from the template", None)
    if theirs is None:
        return row("kept", "removed from the template, but edited by you", ours)
    if ours == theirs:
        return row("merged", "same change as in the template", ours)
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
            return "merged", "with your file mode", Blob(mode, theirs.data)
    if not (ours.is_text and theirs.is_text and (base is None or base.is_text)):
        note = f"not a text file: kept; git checkout --theirs {path} takes the new one"
        return "conflict", note, ours
    kept = keep_answers(base.data if base else b"", ours.data, theirs.data)
    sides = kept.base, ours.data, kept.theirs
    merged = merge_python if path.endswith(".py") else merge_text
    data, conflicts = merged(*sides)
    joined = None
    if conflicts and base:
        joined = join_insertions(path, *merge_text(*sides, show_base=True))
    if joined is not None:
        data, conflicts = joined, 0
        note = "your lines and new ones at one place"
    elif conflicts:
        note = f"{conflicts} conflict{'s' if conflicts > 1 else ''}"
        note = note if base else "added both by you and by the template"
    elif data != ours.data:
        note = "with your edits"
    else:
        note = "" if kept.notes else "already up to date"
    note = "; ".join(filter(None, (note, *kept.notes)))
    return "conflict" if conflicts else "merged", note, Blob(mode, data)


def merge_text(
    base: bytes, ours: bytes, theirs: bytes, *, show_base: bool = False
) -> Merged:
    """Merge two texts by their common base, with conflict markers."""
    with tempfile.TemporaryDirectory(prefix="scaffold-") as scratch:
        sides = {"your edits": ours, "as generated": base, "template": theirs}
        for label, data in sides.items():
            (Path(scratch) / label).write_bytes(data)
        labels = [word for label in sides for word in ("-L", label)]
        style = ["--diff3"] if show_base else []
        words = ["merge-file", "-p", *style, *labels, *sides]
        done = run_git(*words, folder=Path(scratch))
    # The exit code is the number of conflicts, up to 127.
    if not 0 <= done.returncode <= 127:
        raise GitError(f"git merge-file failed: {last_error_line(done)}")
    return Merged(done.stdout, done.returncode)


def merge_python(base: bytes, ours: bytes, theirs: bytes) -> Merged:
    """Merge two Python files; the template's explanatory comments never conflict.

    If comments conflict, the code is merged without those of the template, and the new
    ones are inserted afterwards.
    """
    plain = merge_text(base, ours, theirs)
    if not plain.conflicts:
        return plain
    try:
        texts = [side.decode() for side in (base, ours, theirs)]
    except UnicodeDecodeError:
        return plain
    template_counts = Counter(block.lines for block in find_blocks(texts[0]))
    from_template = written_by_template(find_blocks(texts[1]), template_counts)
    without_blocks = [drop_blocks(texts[0], find_blocks(texts[0]))]
    without_blocks += [
        drop_blocks(texts[1], from_template),
        drop_blocks(texts[2], find_blocks(texts[2])),
    ]
    merged = merge_text(*(text.encode() for text in without_blocks))
    if merged.conflicts >= plain.conflicts:
        return plain
    new_blocks = blocks_to_add(
        texts[0], texts[2], {block.lines for block in from_template}
    )
    text = restore_blocks(merged.data.decode(), texts[2], new_blocks)
    return Merged(text.encode(), merged.conflicts)


def written_by_template(
    blocks: list[Block], template_counts: Counter[tuple[str, ...]]
) -> list[Block]:
    """Return those of `blocks` that come from the template.

    Of a block that occurs more often than in the template, the additional copies are
    the user's.
    """
    found: Counter[tuple[str, ...]] = Counter()
    kept = []
    for block in blocks:
        found[block.lines] += 1
        if found[block.lines] <= template_counts[block.lines]:
            kept.append(block)
    return kept
