"""`ehc lint`: what a deployment would refuse, said before anybody deploys."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path

import click

from cli.lint_letters import lint_letters, templates_of
from engine.definitions import lint as lint_files
from engine.ladder import FILE as LADDER
from engine.letters import SUFFIX as LETTER
from engine.services.functions import FUNCTIONS
from engine.spiff.findings import Finding
from engine.wording import SUFFIX as MESSAGE
from engine.wording import kind_of, read_folder

KINDS = (".bpmn", ".dmn", ".form")
#: The folder beside the diagrams that holds templates of messages.
MESSAGES = "messages"


@click.command()
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="FILE..."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="text for people, json: a list of {file, element, severity, rule, message, remedy}.",
)
def lint(paths: Sequence[Path], form: str) -> None:
    """Say what is wrong with diagrams, decision tables, forms, letters and messages, and what to do about it.

    Forms, decisions and processes that the files name are also looked for in the files' own folders.
    A folder stands for all files in it. Exit code 1 if there is an error, 0 with warnings only.

    Example: ehc lint bpmn
    """
    given = _expanded(paths)
    letters = [path for path in given if path.suffix == LETTER]
    drawn = [path for path in given if path.suffix != LETTER]
    findings = lint_files(
        _read(drawn), alongside=_read(_siblings(drawn)), functions=FUNCTIONS, wordings=_alerts_of(drawn)
    )
    findings += lint_letters(letters)
    click.echo(_as_json(findings) if form == "json" else _as_text(findings, len(given)))
    if any(finding.severity == "error" for finding in findings):
        raise click.exceptions.Exit(1)


def _expanded(paths: Sequence[Path]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        files += [*_in_folder(path), *templates_of(path), *_messages_of(path)] if path.is_dir() else [path]
    for file in files:
        if file.suffix not in (*KINDS, LETTER, MESSAGE):
            raise click.UsageError(
                f"{file} is neither a diagram (.bpmn), decision (.dmn), form (.form), letter (.html)"
                " nor message (.txt)."
            )
    if not files:
        raise click.UsageError("There is no .bpmn, .dmn or .form file in that folder.")
    return files


def _in_folder(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix in KINDS)


def _messages_of(folder: Path) -> list[Path]:
    """The templates of messages that belong to a folder of diagrams."""
    return sorted((folder / MESSAGES).glob(f"*{MESSAGE}"))


def _siblings(given: Sequence[Path]) -> list[Path]:
    known = {path.resolve() for path in given}
    beside = (path for folder in sorted({path.parent for path in known}) for path in _in_folder(folder))
    return [path for path in beside if path.resolve() not in known]


def _alerts_of(given: Sequence[Path]) -> frozenset[str] | None:
    """The alerts that the ladder among these files may send, by the templates beside it; None: none are."""
    folders = [path.parent / MESSAGES for path in given if path.name == LADDER]
    names = [name for folder in folders for name in read_folder(folder)]
    return frozenset(name for name in names if kind_of(name) == "alert") if names else None


def _read(paths: Sequence[Path]) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in paths}


def _as_json(findings: Sequence[Finding]) -> str:
    return json.dumps([asdict(finding) for finding in findings], indent=2, ensure_ascii=False)


def _as_text(findings: Sequence[Finding], files: int) -> str:
    if not findings:
        return f"{files} file(s): nothing to say."
    lines: list[str] = []
    for file, group in groupby(findings, key=lambda finding: finding.file):
        lines.append(file)
        lines += [_line(finding) for finding in group]
    counts = _counts(findings)
    return "\n".join(
        [*lines, "", f"{files} file(s): {counts['error']} error(s), {counts['warning']} warning(s)."]
    )


def _line(finding: Finding) -> str:
    place = f" {finding.element}" if finding.element else ""
    return f"  {finding.severity}{place} [{finding.rule}]\n    {finding.message}\n    {finding.remedy}"


def _counts(findings: Sequence[Finding]) -> Mapping[str, int]:
    return {word: sum(each.severity == word for each in findings) for word in ("error", "warning")}
