"""`ehc statute`: what the law says of a date, and why."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date

import click

from engine.law import Due, LawError, RegisterEntry, Rule, due, register
from engine.law import statute as shipped_statute

REFUSED = 2
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_FORMAT = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print it."
)


class Refusal(click.ClickException):
    """A sentence that says why there is no answer; exit code 2."""

    exit_code = REFUSED


@click.group()
def statute() -> None:
    """Ask the statutory rules for their dates and reasons.

    \b
    Example: ehc statute due reg13_2_final_20w --anchor 2026-11-02 --explain
    """


@statute.command("due")
@click.argument("rule_id", metavar="RULE")
@click.option(
    "--anchor",
    "anchors",
    metavar="[NAME=]DATE",
    multiple=True,
    help="The day that RULE counts from; with a name where it counts from several. Repeatable.",
)
@click.option("--explain", is_flag=True, help="Print the reasons first, a line each.")
def due_command(rule_id: str, anchors: Sequence[str], explain: bool) -> None:
    """Print the last day on which RULE is kept. Alone on the last line: the date.

    Exit code 2 and a sentence if there is no such rule, if it has no length that a day could be worked
    out from, or if a date is none.

    \b
    Example: ehc statute due reg10_decide_no_plan --anchor request_received_on=2026-11-02 --explain
    """
    try:
        rule = shipped_statute().rule(rule_id)
        found = due(rule, _facts(rule, anchors))
    except LawError as error:
        raise Refusal(error.message) from error
    if explain:
        _print_reasons(found)
    click.echo(found.last_day.isoformat())


@statute.command("list")
@click.option("--group", metavar="LETTER", help="Only the rules of one group, such as E.")
@_FORMAT
def list_command(group: str | None, form: str) -> None:
    """Print every rule with its length, what stands behind it, and where it is written.

    \b
    Example: ehc statute list --group E --format json
    """
    groups = shipped_statute().groups
    if group is not None and group.upper() not in groups:
        known = ", ".join(f"{letter} ({name})" for letter, name in groups.items())
        raise Refusal(f"There is no group {group}. The groups are {known}.")
    entries = [entry for entry in register() if group is None or entry.group == group.upper()]
    if form == "json":
        _print_json(_as_json(entry) for entry in entries)
    else:
        _print_rules(entries)


@statute.command("anchors")
@_FORMAT
def anchors_command(form: str) -> None:
    """Print the dated facts that rules count from, and which rules those are.

    \b
    Example: ehc statute anchors --format json
    """
    law = shipped_statute()
    if form == "json":
        _print_json(
            {**asdict(anchor), "rules": law.counting_from(anchor.name)} for anchor in law.anchors().values()
        )
        return
    for anchor in law.anchors().values():
        planned = " It may lie ahead." if anchor.planned else ""
        click.echo(f"{anchor.name}\n    {anchor.meaning}{planned}")
        click.echo(f"    Rules: {', '.join(law.counting_from(anchor.name)) or 'none counts from it'}")


def _facts(rule: Rule, given: Iterable[str]) -> Mapping[str, date]:
    """The named days; one without a name is the day of the rule's first anchor."""
    facts: dict[str, date] = {}
    for text in given:
        name, _, written = text.rpartition("=")
        name = name or next(iter(rule.anchors), "")
        if name not in rule.anchors and rule.is_computable:
            raise Refusal(f"{rule.id} doesn't count from {name}, but from {' or '.join(rule.anchors)}.")
        if name in facts:
            raise Refusal(f"{name} is given twice. Name the second day: {_example(rule)}.")
        facts[name] = _read_day(written)
    return facts


def _example(rule: Rule) -> str:
    return " ".join(f"--anchor {name}=DATE" for name in rule.anchors)


def _read_day(text: str) -> date:
    try:
        if not _DAY.fullmatch(text):
            raise ValueError("not in the form YYYY-MM-DD")
        return date.fromisoformat(text)
    except ValueError as error:
        why = f"'{text}' is no date ({error})."
        raise Refusal(f"{why} Write it as YYYY-MM-DD, for example 2026-11-02.") from error


def _print_reasons(found: Due) -> None:
    for sentence in (*found.steps, *found.notes):
        click.echo(sentence)


def _print_rules(entries: Sequence[RegisterEntry]) -> None:
    widths = [max(len(entry.id) for entry in entries), max(len(entry.length) for entry in entries)]
    for entry in entries:
        standing = f"{entry.nature}, {entry.kind.replace('_', ' ')}"
        click.echo(f"{entry.id:{widths[0]}}  {entry.length:{widths[1]}}  {standing:27}  {entry.title}")


def _as_json(entry: RegisterEntry) -> dict[str, object]:
    return {_camel_case(key): value for key, value in asdict(entry).items()}


def _camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


def _print_json(entries: Iterable[Mapping[str, object]]) -> None:
    click.echo(json.dumps(list(entries), default=str, indent=2, ensure_ascii=False))
