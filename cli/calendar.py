"""`ehc calendar`: England's bank holidays, and an administrator's corrections of them."""

from __future__ import annotations

from datetime import date, datetime

import click

from cli.opening import opened, the_authority
from engine.calendar import Correction
from engine.services.deadlines import calendars


@click.group()
def calendar() -> None:
    """See the bank holidays and correct them.

    Example: ehc calendar correct 2027-06-04 --holiday --reason "Proclaimed on 1 March 2027"
    """


@calendar.command()
@click.argument("day", type=click.DateTime(formats=["%Y-%m-%d"]))
@click.option("--holiday/--no-holiday", "is_holiday", default=True, help="Make it one, or take it away.")
@click.option("--reason", required=True, help="Who proclaimed it, and when.")
@click.option("--authority", help="Three-digit code, where the database holds several.")
def correct(day: datetime, is_holiday: bool, reason: str, authority: str | None) -> None:
    """Add or take away a bank holiday; every running limit that hangs on it moves and is listed.

    Example: ehc calendar correct 2027-06-04 --holiday --reason "Proclaimed on 1 March 2027"
    """
    with opened() as engine:
        correction = Correction(day.date(), is_holiday, reason)
        moved = calendars.correct(engine, the_authority(engine, authority), correction)
    for each in moved:
        which = f" ({each.occurrence})" if each.occurrence else ""
        click.echo(f"case {each.case_key}: {each.rule}{which} moved from {each.before} to {each.after}")
    click.echo(f"Corrected. {len(moved)} running limits moved.")


@calendar.command("list")
@click.option("--year", type=int, help="The year; this one if left out.")
@click.option("--authority", help="Three-digit code, where the database holds several.")
def list_days(year: int | None, authority: str | None) -> None:
    """List a year's bank holidays as this authority counts them.

    Example: ehc calendar list --year 2027
    """
    with opened() as engine:
        counted = engine.calendar(the_authority(engine, authority))
        of_year = year or engine.clock.today().year
        first = date(of_year, 1, 1).toordinal()
        for number in range(first, date(of_year + 1, 1, 1).toordinal()):
            day = date.fromordinal(number)
            name = counted.bank_holiday(day)
            if name:
                click.echo(f"{day}  {day:%A}  {name}")
