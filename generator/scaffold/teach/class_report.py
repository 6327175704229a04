"""The report on a class: a row for each submission, kept while it does not change."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from scaffold.project.commits import Commit, format_time
from scaffold.teach.judge import Judgement, is_dirty, judge_or_error
from scaffold.teach.scan import describe_unmarked
from scaffold.teach.test_run import Limits


class Row(msgspec.Struct, frozen=True):
    """A submission: its place in the class, its last commit, and the judgement."""

    project: str
    commit: str  # "" if there is none
    time: int  # of the commit, in seconds since 1970
    limits: Limits | None
    judgement: Judgement

    def seconds_late(self, due: float | None) -> float:
        """Return how long after `due` the last commit was made."""
        return max(0.0, self.time - due) if due is not None and self.commit else 0.0


def read_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of an earlier report; a line that was cut off has none."""
    if path.is_file():
        for line in path.read_bytes().splitlines():
            try:
                yield msgspec.json.decode(line, type=Row)
            except msgspec.DecodeError:
                continue


class Report:
    """A report whose rows are written as soon as they are known."""

    def __init__(self, path: Path, limits: Limits | None) -> None:
        """Read what an earlier report with the same limits found."""
        self.path = path
        self.limits = limits
        rows = read_rows(path)
        self.known = {(row.project, row.commit, row.limits): row for row in rows}

    def judge(self, project: str, folder: Path, commit: Commit | None) -> Row:
        """Judge a submission, unless its last commit was judged already."""
        name, time = commit or Commit("", 0)
        known = self.known.get((project, name, self.limits))
        if known and not is_dirty(folder):
            return known
        judgement = judge_or_error(folder, self.limits)
        row = Row(project, name, time, self.limits, judgement)
        if name and not judgement.dirty and not judgement.error:
            with self.path.open("ab") as file:  # the line before can be cut off
                file.write(b"\n" + msgspec.json.encode(row))
        return row


def to_records(rows: Sequence[Row], due: float | None) -> list[dict[str, object]]:
    """Return the rows of the CSV table."""
    numbers = sorted({v.number for row in rows for v in row.judgement.exercises})
    return [to_record(row, numbers, due) for row in rows]


def to_record(row: Row, numbers: Sequence[int], due: float | None) -> dict[str, object]:
    """Return a row of the CSV table."""
    judgement = row.judgement
    states = {v.number: v.state for v in judgement.exercises}
    ran, timed = judgement.passed is not None, row.commit and due is not None
    return {
        "project": row.project,
        "points": judgement.points if ran else "",
        "of": len(judgement.exercises),
        **{f"exercise {number}": states.get(number, "") for number in numbers},
        "tests passed": judgement.passed if ran else "",
        "tests expected": judgement.expected,
        "last commit": format_time(row.time) if row.commit else "",
        "commit": row.commit,
        "hours late": round(row.seconds_late(due) / 3600, 1) if timed else "",
        "remarks": "; ".join(remarks(row)),
    }


def remarks(row: Row) -> list[str]:
    """Return what a teacher should know about a submission besides the points."""
    judgement = row.judgement
    words = [judgement.error] if judgement.error else []
    if not row.commit:
        words.append("not committed to Git")
    if judgement.dirty and row.commit:
        words.append("has uncommitted changes, which were included")
    words += [f"conflict markers in {path}" for path in judgement.conflicts]
    if judgement.changed_tests:
        words.append(f"changed {', '.join(judgement.changed_tests)}")
    if judgement.moved:
        words.append(f"moved {', '.join(judgement.moved)}")
    return words + describe_unmarked((v.number, v.state) for v in judgement.exercises)


def to_markdown(rows: Sequence[Row], due: float | None) -> str:
    """Return the report: a table, then the reasons of each submission."""
    lines = ["# Review", ""]
    if due is not None:
        lines += [f"Due {format_time(due)}.", ""]
    records = to_records(rows, due)
    hidden = {"commit", "remarks"}
    shown = [{k: v for k, v in r.items() if k not in hidden} for r in records]
    head = [name.removeprefix("exercise ") for name in shown[0]]
    lines += [to_line(head), to_line(["---"] * len(head))]
    lines += [to_line(record.values()) for record in shown]
    titles = {v.number: v.title for row in rows for v in row.judgement.exercises}
    lines += ["", *(f"{number}. {titles[number]}" for number in sorted(titles))]
    for row in rows:
        details = list(describe(row))
        if details:
            lines += ["", f"## {escape(row.project)}", "", *details]
    return "\n".join(lines) + "\n"


def describe(row: Row) -> Iterator[str]:
    """Yield the remarks on a submission, and why exercises are not right."""
    for remark in remarks(row):
        yield f"- {escape(remark)}"
    for verdict in row.judgement.exercises:
        if verdict.reason:
            about = (
                f"{verdict.number} {verdict.title}: {verdict.state}: {verdict.reason}"
            )
            yield f"- {escape(about)}"


def to_line(cells: Iterable[object]) -> str:
    """Return a row of a Markdown table."""
    return f"| {' | '.join(escape(str(cell)) for cell in cells)} |"


def escape(text: str) -> str:
    """Return a text of a student so that Markdown shows it as it is, in one line."""
    return re.sub(r"([\\`*_{}\[\]<>|#!])", r"\\\1", " ".join(text.split()))
