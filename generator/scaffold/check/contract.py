"""`scaffold plugin check`: what a plugin promises, checked on projects with it."""

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from scaffold.catalog.discovery import TOML, PluginSource
from scaffold.catalog.plugins import Plugin, read_plugin, valid_plugins
from scaffold.check.cache import entry_of, has_passed, remember
from scaffold.check.cases import (
    Case,
    cases_of_exercises,
    cases_of_feature,
    cases_of_task,
    select,
)
from scaffold.check.files import Found, check_files, lint
from scaffold.check.findings import Finding, gather
from scaffold.check.places import locate
from scaffold.check.stages import (
    PACKAGE,
    QUICK,
    STAGES,
    CheckedProject,
    Stage,
    describe,
    is_feature,
)
from scaffold.check.unused import find_unused
from scaffold.errors import PluginError, ScaffoldError, one_line
from scaffold.project.create import render_project, write_tree
from scaffold.project.destination import check_destination

Outcomes = list[tuple[CheckedProject, list[Found]]]


class Options(NamedTuple):
    """What to check, and how."""

    given: Mapping[str, str] = {}  # only the cases with these labels
    fast: bool = False  # only the files, and the tests of the first case
    exercises: bool = False  # only the exercises, one by one
    keep: Path | None = None  # where to leave the projects
    cache: Path | None = None  # the folder that records what passed


class Output(NamedTuple):
    """Who is told about progress and findings while the check is running."""

    progress: Callable[[str], None] = lambda words: None
    show: Callable[[Finding], None] = lambda finding: None


EVERYTHING = Options()
SILENT = Output()


class Report(NamedTuple):
    """The findings, the number of projects, and how many of them had passed before."""

    findings: list[Finding]
    checked: int
    cached: int


def check_source(
    source: PluginSource,
    folders: Sequence[Path] = (),
    options: Options = EVERYTHING,
    output: Output = SILENT,
) -> Report:
    """Check the plugin of a source, even if it cannot be read."""
    try:
        plugin = read_plugin(source)
        cases = list_cases(plugin, folders)
        if options.exercises:
            cases = list(cases_of_exercises(cases[0]))
    except PluginError as error:
        finding = Finding(
            one_line(error), str(source.folder), "see docs/plugin-contract.md"
        )
        output.show(finding)
        return Report([finding], 0, 0)
    return Check(options, output).run(select(cases, options.given))


def list_cases(plugin: Plugin, folders: Sequence[Path] = ()) -> list[Case]:
    """Return all cases of a plugin; raise PluginError if there are none."""
    if plugin.manifest.kind == "task":
        return list(cases_of_task(plugin, folders))
    others = [
        other
        for other in valid_plugins("feature")
        if other.source == "built-in" and other.name != plugin.name
    ]
    return list(cases_of_feature(plugin, folders, others=others))


class Check:
    """A check that is running: what it found, and which projects it executed."""

    def __init__(self, options: Options = EVERYTHING, output: Output = SILENT) -> None:
        self.options, self.output = options, output
        self.findings: list[Finding] = []
        self.passed_before: dict[str, bool] = {}  # for each project that was executed

    def run(self, cases: Sequence[Case]) -> Report:
        """Check the projects of all cases, stage by stage.

        A project with findings does not go through the stages that follow.
        """
        with open_home(self.options.keep) as home:
            projects = self.render(cases, home)
            self.output.progress(f"the files of {len(projects)} projects")
            failed = self.report(check_all_files(projects, home))
            for stage in QUICK if self.options.fast else STAGES:
                projects = [p for p in projects if p.case.words not in failed]
                if self.options.fast:
                    projects = projects[:1]
                chosen = [project for project in projects if stage.applies(project)]
                failed = self.report(self.run_stage(stage, chosen))
        return Report(self.findings, len(cases), sum(self.passed_before.values()))

    def render(self, cases: Sequence[Case], home: Path) -> list[CheckedProject]:
        """Write the projects of all cases into a folder, and report those that fail."""
        projects = []
        rows: list[tuple[str, Found]] = []
        for number, case in enumerate(cases, start=1):
            self.output.progress(f"templates {number}/{len(cases)}: {case.words}")
            folder = home / f"{number:02}-{re.sub(r'[^a-z0-9]+', '-', case.words)[:60]}"
            try:
                projects.append(render_case(case, folder))
            except ScaffoldError as error:
                place = str(case.plugin.folder / TOML)
                found = (one_line(error), place, "fix the place that is named")
                rows.append((case.words, found))
        self.show(rows, len(cases))
        return projects

    def run_stage(self, stage: Stage, projects: Sequence[CheckedProject]) -> Outcomes:
        """Return what a stage finds in projects that have not passed it before."""
        outcomes: Outcomes = []
        for number, project in enumerate(projects, start=1):
            words = project.case.words
            self.output.progress(f"{stage.name} {number}/{len(projects)}: {words}")
            entry = entry_of(self.options.cache, stage, project)
            passed = entry is not None and has_passed(entry)
            found = [] if passed else list(stage.run(project))
            if entry and not found:
                remember(entry)
            self.passed_before[words] = passed and self.passed_before.get(words, True)
            outcomes.append((project, found))
        return outcomes

    def report(self, outcomes: Outcomes) -> set[str]:
        """Show the causes of what a stage has found; return which projects have any."""
        rows = [
            (project.case.words, located(found, project))
            for project, several in outcomes
            for found in several
        ]
        self.show(rows, len(outcomes))
        return {words for words, _ in rows}

    def show(self, rows: Sequence[tuple[str, Found]], of: int) -> None:
        """Show a finding for each cause."""
        for finding in gather(rows, of):
            self.findings.append(finding)
            self.output.show(finding)


@contextmanager
def open_home(keep: Path | None) -> Iterator[Path]:
    """Yield the folder for the projects: a temporary one, or one to keep."""
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="scaffold-check-") as scratch:
            yield Path(scratch).resolve()
        return
    check_destination(keep)
    keep.mkdir(parents=True, exist_ok=True)
    yield keep.resolve()


def render_case(case: Case, folder: Path) -> CheckedProject:
    """Write the project of a case into a new folder."""
    given = {**case.answers, "project_name": PACKAGE}
    rendered = render_project(case.recipe, given)
    folder.mkdir()
    write_tree(rendered.files, folder)
    return CheckedProject(case, rendered, folder, describe(case, rendered))


def check_all_files(projects: Sequence[CheckedProject], home: Path) -> Outcomes:
    """Return what is wrong with the files of projects; nothing is executed."""
    linted: dict[str, list[Found]] = {}
    for what, where, how in lint(home):
        folder, _, place = where.partition("/")
        linted.setdefault(folder, []).append((what, place or where, how))
    outcomes = []
    for project in projects:
        found = [*check_files(project.rendered), *linted.pop(project.folder.name, [])]
        if is_feature(project) and not found:
            found += unused_in(project)
        outcomes.append((project, found))
    for found in linted.values():  # of no project: ruff cannot be run
        outcomes[0][1].extend(found)
    return outcomes


def unused_in(project: CheckedProject) -> list[Found]:
    """Return what a project does not use of the feature that is checked."""
    own = project.facts["own"]
    found = find_unused(project.folder, PACKAGE)
    return [row for row in found if row[1].partition(",")[0] in own]


def located(found: Found, project: CheckedProject) -> Found:
    """Return a finding at its place in the plugin, instead of that in a project."""
    what, where, how = found
    case = project.case
    return what, locate(where, case.recipe, project.rendered.files, PACKAGE), how
