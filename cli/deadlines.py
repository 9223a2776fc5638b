"""`ehc deadlines`: which limits are likely to be missed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime

import click
import msgspec

from cli.opening import opened, the_authority
from insight.early.at_risk import Asked, RiskView, at_risk_of


@click.group()
def deadlines() -> None:
    """List limits across cases.

    Example: ehc deadlines at-risk --at-least 50
    """


@deadlines.command("at-risk")
@click.option("--authority", help="Whose limits; can be left out where there is one authority.")
@click.option("--at-least", type=click.IntRange(0, 100), default=0, help="The least likelihood, in per cent.")
@click.option("--case", "case_key", type=click.IntRange(1, 10**18 - 1), help="Of this case only.")
@click.option("--rule", help="Of this rule only.")
@click.option("--organisation", help="Owed by this organisation only, by its code.")
@click.option("--due-before", type=click.DateTime(["%Y-%m-%d"]), help="Last day before this one.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True, help="How many at most.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def list_at_risk(
    authority: str | None,
    at_least: int,
    case_key: int | None,
    rule: str | None,
    organisation: str | None,
    due_before: datetime | None,
    limit: int,
    form: str,
) -> None:
    """List running limits by how likely they are to be missed, the likeliest first.

    Example: ehc deadlines at-risk --at-least 50 --organisation camhs --format json
    """
    asked = Asked(
        at_least=at_least,
        case_key=None if case_key is None else str(case_key),
        rule=rule,
        organisation=organisation,
        due_before=None if due_before is None else due_before.date(),
    )
    with opened() as engine:
        found = at_risk_of(engine, the_authority(engine, authority), asked, limit=limit)
    if form == "json":
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n")
        return
    if not found:
        click.echo("Nothing that is asked for is forecast. The service makes forecasts each morning.")
    for each in found:
        for line in _lines(each):
            click.echo(line)


def _lines(risk: RiskView) -> Iterator[str]:
    which = f" ({risk.occurrence})" if risk.occurrence else ""
    yield f"{risk.likelihood:3} %  case {risk.case_key}: {risk.title}{which}, owed by {risk.organisation}"
    yield (
        f"       last day {risk.due_on}, {risk.rule}; reckoned {risk.made_on}: "
        f"of {risk.comparable} like it {risk.missed} were missed"
    )
    yield from (f"       {words}" for words in dict.fromkeys(each.words for each in risk.helps))
