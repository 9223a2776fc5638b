"""`ehc escalations`: why somebody was told of a limit, or wasn't."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click
import msgspec

from cli.opening import opened, the_authority
from engine.clock import LONDON
from engine.services.escalations import why
from engine.services.escalations.gaps import gaps
from engine.services.escalations.views_of_escalations import (
    ComingView,
    GapView,
    HearingView,
    LadderView,
    RecipientView,
)


@click.group()
def escalations() -> None:
    """Explain who hears of lateness.

    Example: ehc escalations why 12 reg5_decide_to_assess
    """


@escalations.command("why")
@click.argument("case_key", metavar="CASE", type=click.IntRange(1, 10**18 - 1))
@click.argument("rule", metavar="RULE")
@click.option("--occurrence", help="Which of several limits of the rule; all if left out.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def explain(case_key: int, rule: str, occurrence: str | None, form: str) -> None:
    """Say who was told of a limit, who will be told when, by which row of the ladder, and why nobody more.

    Example: ehc escalations why 12 reg8_advice_6w --occurrence psychological --format json
    """
    with opened() as engine:
        found = why.explain(engine, case_key, rule, occurrence)
    if form == "json":
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n")
        return
    for limit in found:
        for line in _lines(limit):
            click.echo(line)


@escalations.command("gaps")
@click.option("--authority", help="Whose; can be left out where there is one authority.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def list_gaps(authority: str | None, form: str) -> None:
    """Say whom the ladder names for limits that run, where nobody holds that role. Exit code 1 if so.

    Example: ehc escalations gaps --format json
    """
    with opened() as engine:
        found = gaps(engine, the_authority(engine, authority))
    if form == "json":
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n")
    for gap in found if form == "text" else ():
        click.echo(gap_in_words(gap))
    if found:
        raise click.exceptions.Exit(1)
    if form == "text":
        click.echo("Every role that the ladder names for a limit that runs is held by somebody.")


def gap_in_words(gap: GapView) -> str:
    """A gap as a line, for `ehc check` too."""
    return (
        f"{gap.organisation}: nobody is {gap.role}, whom the ladder names for what it owes; "
        f"instead hears {gap.instead}. Add a member with that role, or change the ladder."
    )


def _lines(limit: LadderView) -> Iterator[str]:
    which = f" ({limit.occurrence})" if limit.occurrence else ""
    yield f"{limit.title}{which}: owed by {limit.organisation}, last day {limit.due_on or 'not known'}"
    yield f"  {limit.citation}; {limit.status}{_standing(limit)}"
    yield "  Told:" if limit.told else "  Nobody has been told."
    yield from (f"    {_told(each)}" for each in limit.told)
    if limit.coming:
        yield "  Will be told, if nothing happens:"
    for coming in limit.coming:
        yield from _coming(coming)
    if limit.explanation:
        yield f"  {limit.explanation}"
    yield from _forecast(limit)


def _forecast(limit: LadderView) -> Iterator[str]:
    foreseen = limit.forecast
    if foreseen is None:
        yield f"  No forecast: {limit.forecast_explanation}"
        return
    yield (
        f"  Forecast of {foreseen.made_on}: {foreseen.likelihood} % likely to be missed; "
        f"of {foreseen.comparable} like it {foreseen.missed} were."
    )
    yield from (f"    {words}" for words in dict.fromkeys(each.words for each in foreseen.helps))


def _standing(limit: LadderView) -> str:
    thread = limit.escalation
    if thread is None:
        return ""
    quiet = f", quiet through {thread.quiet_until}" if thread.quiet_until else ""
    return f"; escalation {thread.key} is {thread.state} with the {thread.level}{quiet}"


def _told(each: HearingView) -> str:
    at = f"{each.at.astimezone(LONDON):%Y-%m-%d %H:%M}"
    by = f"row {each.ladder_row}" if each.ladder_row else "a person"
    return f"{at}  {_who(each)}, {each.reason}, by {each.channel} ({each.state}), because of {by}"


def _coming(coming: ComingView) -> Iterator[str]:
    at = f"{coming.heard_at.astimezone(LONDON):%Y-%m-%d %H:%M}"
    yield f"    {at}  {coming.level}, {coming.reason}, by {coming.channel}: row {coming.row_number}"
    if coming.description:
        yield f"      {coming.description}"
    yield from (f"      {_who(each)}" for each in coming.recipients)


def _who(each: HearingView | RecipientView) -> str:
    name = each.person or "whoever comes to hold it"
    covers = f", who covers for {each.covers}" if each.covers else ""
    instead = f", as there is nobody for {each.instead_of}" if each.instead_of else ""
    return f"{each.recipient}: {name}{covers}{instead}"
