"""`ehc outbox`: what waits to be sent, what was sent, and what didn't arrive."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

import click
import msgspec

from cli.opening import opened, the_authority
from cli.outbox_bounce import bounce
from cli.outbox_try import try_channel
from engine.errors import BadInput, EhcError
from engine.services.audit.audit import Actor
from engine.services.messages import control, lists
from engine.services.messages.lists import CHANNELS, KINDS, STATES, Asked
from engine.services.messages.views_of_messages import MessageView
from notifications.sender import Sender

_KEY = click.IntRange(1, 10**18 - 1)  # what any database can look for


@click.group()
def outbox() -> None:
    """See and send messages.

    Example: ehc outbox list --state failed
    """


@outbox.command("list")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--state", type=click.Choice(STATES), help="Only those that stand so.")
@click.option("--kind", type=click.Choice(KINDS), help="Only messages of this kind.")
@click.option("--channel", type=click.Choice(CHANNELS), help="Only those that go this way.")
@click.option("--case", "case_key", type=_KEY, help="Only those about this case.")
@click.option("--limit", type=click.IntRange(1, 10**18 - 1), help="At most so many.")
@click.option("--authority", help="Three-digit code; every authority if left out.")
def list_messages(
    form: str,
    state: str | None,
    kind: str | None,
    channel: str | None,
    case_key: int | None,
    limit: int | None,
    authority: str | None,
) -> None:
    """List messages, the newest first, each with the words that its reader has.

    Example: ehc outbox list --format json --kind alert --state waiting
    """
    case = None if case_key is None else str(case_key)
    asked = Asked(state=state, kind=kind, channel=channel, case_key=case)
    with opened() as engine:
        of = None if authority is None else the_authority(engine, authority)
        found = lists.all_messages(engine, asked, authority=of, limit=limit)
        if form == "json":
            _write_json(found)
        else:
            for message in found:
                click.echo(_line(message))


@outbox.command()
@click.argument("keys", type=_KEY, nargs=-1, required=True, metavar="KEY...")
def retry(keys: Sequence[int]) -> None:
    """Have failed messages sent again, under the same references.

    Example: ehc outbox retry 812 813
    """
    _move(keys, "retry", "waits to be sent again")


@outbox.command()
@click.argument("keys", type=_KEY, nargs=-1, required=True, metavar="KEY...")
def hold(keys: Sequence[int]) -> None:
    """Hold messages back until they are released.

    Example: ehc outbox hold 812
    """
    _move(keys, "hold", "is held")


@outbox.command()
@click.argument("keys", type=_KEY, nargs=-1, required=True, metavar="KEY...")
def release(keys: Sequence[int]) -> None:
    """Let held messages go.

    Example: ehc outbox release 812
    """
    _move(keys, "release", "waits to be sent")


@outbox.command()
def send() -> None:
    """Send everything that is due now, as a process that serves does all the time.

    Example: ehc outbox send
    """
    with opened() as engine:
        sender, seen_to = Sender(engine), 0
        while tried := sender.send_due():
            seen_to += tried
    click.echo(f"Messages seen to: {seen_to}. See: ehc outbox list.")


def _move(keys: Sequence[int], verb: str, stands: str) -> None:
    """Do the same with several messages; each that can't be is told at the end, and the others are done."""
    refused = []
    with opened() as engine:
        for key in dict.fromkeys(keys):
            try:
                control.move_by_key(engine, key, verb, Actor.clock())
            except EhcError as problem:
                refused.append(problem.message)
            else:
                click.echo(f"Message {key} {stands}.")
    if refused:
        raise BadInput(" ".join(refused))


def _line(message: MessageView) -> str:
    case = f"case {message.case_key}" if message.case_key else "no one case"
    tried = f"{message.attempts} tried" + (f", {message.outcome}" if message.outcome else "")
    return (
        f"{message.key:>8}  {message.state:<9}  {message.kind:<6}  {message.channel:<7}"
        f"  {message.recipient}  {case}  {message.subject}  ({tried})"
    )


def _write_json(found: Iterable[MessageView]) -> None:
    """One array; each message is written as it comes, however many there are."""
    parted = "[\n"
    for message in found:
        sys.stdout.write(parted + msgspec.json.encode(message).decode())
        parted = ",\n"
    sys.stdout.write("[]\n" if parted == "[\n" else "\n]\n")


outbox.add_command(try_channel)
outbox.add_command(bounce)
