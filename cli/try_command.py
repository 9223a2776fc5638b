"""`ehc try`: run diagrams in memory, without a database."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from engine.clock import SystemClock, format_instant
from engine.feel import to_json
from engine.services.functions import FUNCTIONS
from engine.spiff import Bundle, DiagramRefused, Finding, StateChange
from engine.spiff.timing import parse_duration, parse_moment
from engine.trial import Outcome, Step, StepRefused, StepsRefused, Trial, TrialFiles, gather, read_steps

KINDS = (".bpmn", ".dmn", ".form")
FAILED = 1


@click.command("try")
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="FILE..."
)
@click.option("--process", help="Id of the process to start; left out: the first one that no other calls.")
@click.option(
    "--steps", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="JSON list of steps."
)
@click.option("--variables", default="{}", help="JSON object of the variables it starts with.")
@click.option("--start", metavar="INSTANT", help="Where the clock begins; left out: now.")
@click.option("--until", metavar="INSTANT", help="Where a trial without steps ends; left out: after a year.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="text for people, json: one JSON object a line.",
)
def try_command(
    paths: Sequence[Path],
    process: str | None,
    steps: Path | None,
    variables: str,
    start: str | None,
    until: str | None,
    form: str,
) -> None:
    """Run diagrams in memory on a clock of their own. Nothing is stored and nobody is told.

    Without steps, every task is answered at once with its form's example, and time goes to the next timer
    that is due. With steps, only these happen: {"advance": "P6W"}, {"advanceTo": INSTANT}, {"complete":
    ELEMENT, "answers": {}}, {"message": NAME, "correlationKey": KEY, "variables": {}}, {"signal": NAME},
    {"start": PROCESS, "variables": {}}.

    Called processes, decisions and forms that are not given are looked for beside the given files.

    Exit code 0 if it is completed or waits, 1 with an incident or a refused diagram, 2 if asked wrongly.

    \b
    Example: ehc try bpmn/request_to_plan.bpmn --start 2026-09-01T09:00:00Z
    """
    printer = _JsonPrinter() if form == "json" else _TextPrinter()
    given = _given_variables(variables)
    begin = _instant("--start", start) or SystemClock().now()
    end = _instant("--until", until) or parse_duration("P1Y").after(begin)
    wanted = _steps(steps)
    try:
        files = gather(_read(paths), lambda: _siblings(paths), FUNCTIONS)
    except DiagramRefused as refused:
        printer.end(Outcome("refused", [], {}, []), refused.findings)
        raise click.exceptions.Exit(FAILED) from refused
    outcome = _run(files, _process(process, files.bundle), process, wanted, given, begin, end, printer)
    printer.end(outcome, files.findings)
    if outcome.status == "incident":
        raise click.exceptions.Exit(FAILED)


def _run(
    files: TrialFiles,
    process: str,
    asked_for: str | None,
    steps: Sequence[Step] | None,
    variables: Mapping[str, object],
    begin: datetime,
    end: datetime,
    printer: _Printer,
) -> Outcome:
    """Run the trial, telling as it goes."""
    trial = Trial(files.bundle, files.forms, begin, printer.tell)
    if steps is None or _starts_by_itself(files.bundle, process, asked_for, steps):
        trial.begin(process, variables)
    if steps is None:
        trial.run(end)
        return trial.outcome()
    try:
        for step in steps:
            trial.do(step)
    except StepRefused as refused:
        raise click.UsageError(str(refused)) from refused
    return trial.outcome()


def _starts_by_itself(bundle: Bundle, process: str, asked_for: str | None, steps: Sequence[Step]) -> bool:
    """Whether the process starts before the first step, or one of the steps starts it."""
    if asked_for is None and steps and steps[0].verb == "start":
        return False
    starts = bundle.processes[process].starts
    if any(start.kind in ("none", "timer") for start in starts):
        return True
    thrown = {(step.verb, step.what) for step in steps}
    return not any((start.kind, start.name) in thrown for start in starts)


def _process(asked_for: str | None, bundle: Bundle) -> str:
    """The process to start."""
    if asked_for is not None:
        if asked_for not in bundle.processes:
            known = ", ".join(bundle.processes)
            raise click.BadParameter(
                f"there is no process '{asked_for}'; there are: {known}", param_hint="--process"
            )
        return asked_for
    first = next(iter(bundle.processes.values())).file
    called = {name for process in bundle.processes.values() for name in process.calls}
    own = [process for process in bundle.processes.values() if process.file == first]
    ranked = sorted(own, key=lambda process: (process.id in called, process.starts[0].kind != "none"))
    return ranked[0].id


def _given_variables(text: str) -> dict[str, object]:
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise click.BadParameter(f"this is not JSON ({problem})", param_hint="--variables") from problem
    if not isinstance(given, dict):
        raise click.BadParameter('write an object such as {"name": 1}', param_hint="--variables")
    return given


def _instant(option: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return parse_moment(text)
    except ValueError as problem:
        raise click.BadParameter(str(problem), param_hint=option) from problem


def _steps(path: Path | None) -> list[Step] | None:
    if path is None:
        return None
    try:
        return read_steps(path.read_text(encoding="utf-8"))
    except (StepsRefused, UnicodeDecodeError) as problem:
        raise click.BadParameter(str(problem), param_hint="--steps") from problem


def _read(paths: Sequence[Path]) -> dict[str, bytes]:
    found = [each for path in paths for each in (_in_folder(path) if path.is_dir() else [path])]
    return {str(path): path.read_bytes() for path in found}


def _siblings(paths: Sequence[Path]) -> dict[str, bytes]:
    folders = {path.resolve().parent for path in paths if not path.is_dir()}
    known = {path.resolve() for path in paths}
    beside = [path for folder in sorted(folders) for path in _in_folder(folder) if path not in known]
    return {str(path): path.read_bytes() for path in beside}


def _in_folder(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix in KINDS)


class _JsonPrinter:
    """One JSON object a line."""

    def tell(self, change: StateChange) -> None:
        """Print an event."""
        _echo(
            {
                "at": format_instant(change.at),
                "elementId": change.element_id,
                "event": change.event,
                "variables": dict(change.variables),
            }
        )

    def end(self, outcome: Outcome, findings: Sequence[Finding]) -> None:
        """Print how it ended."""
        incidents = [
            {"elementId": incident.element_id, "message": incident.message, "remedy": incident.remedy}
            for incident in outcome.incidents
        ]
        _echo(
            {
                "status": outcome.status,
                "waiting": outcome.waiting,
                "variables": outcome.variables,
                "incidents": incidents,
                "findings": [asdict(finding) for finding in findings],
            }
        )


class _TextPrinter:
    """The same for people."""

    def tell(self, change: StateChange) -> None:
        """Print an event."""
        name = f" {change.element_name}" if change.element_name else ""
        variables = f"  {_shown(change.variables)}" if change.variables else ""
        click.echo(f"{format_instant(change.at)}  {change.event:9}  {change.element_id}{name}{variables}")

    def end(self, outcome: Outcome, findings: Sequence[Finding]) -> None:
        """Print how it ended."""
        for finding in findings:
            click.echo(f"{finding.severity}: {finding}")
        for incident in outcome.incidents:
            click.echo(f"incident: {incident.element_id}: {incident.message} {incident.remedy}")
        if outcome.waiting:
            click.echo(f"waiting: {', '.join(outcome.waiting)}")
        if outcome.variables:
            click.echo(f"variables: {_shown(outcome.variables)}")
        click.echo(outcome.status)


_Printer = _JsonPrinter | _TextPrinter


def _echo(line: Mapping[str, Any]) -> None:
    click.echo(json.dumps(line, ensure_ascii=False))


def _shown(values: Mapping[str, object]) -> str:
    return ", ".join(
        f"{name}={json.dumps(to_json(value), ensure_ascii=False)}" for name, value in values.items()
    )
