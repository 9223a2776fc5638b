"""`ehc outbox try`: send one message that means nothing, to see that a way to people is open."""

from __future__ import annotations

import secrets
import sys

import click

from cli.opening import opened, the_authority
from engine.errors import SetupError
from notifications.channels import Channel, NotTaken, Outgoing
from notifications.channels.configured import channels_of
from notifications.channels.notify import NotifyChannel

_SUBJECT = "A test of the EHC service"
_TEXT = (
    "This message tries out one of the ways in which the EHC service reaches people.\n"
    "You need do nothing. If you don't know why you get it, tell whoever runs the service."
)
_HOW = {
    "email": "EHC_SMTP_URL and EHC_MAIL_FROM, or EHC_NOTIFY_KEY and EHC_NOTIFY_TEMPLATES",
    "text": "EHC_NOTIFY_KEY, and text= in EHC_NOTIFY_TEMPLATES",
    "letter": "EHC_NOTIFY_KEY, and letters= in EHC_NOTIFY_TEMPLATES",
}


@click.command("try")
@click.argument("channel", type=click.Choice(["email", "text", "chat", "webhook"]))
@click.argument("address")
@click.option("--authority", help="Whose webhook it is, where the database holds several authorities.")
def try_channel(channel: str, address: str, authority: str | None) -> None:
    """Send a test message by CHANNEL to ADDRESS, and say what came of it.

    Nothing is written down: it passes by the outbox. Exit code 1: it wasn't taken.

    Example: ehc outbox try email you@example.gov.uk
    """
    with opened() as engine:
        carrier = channels_of(engine).get(channel)
        if carrier is None:
            raise SetupError(f"This installation doesn't send by {channel}. Set {_HOW[channel]}.")
        try:
            owner = the_authority(engine, authority) if channel == "webhook" else ""
            _say(carrier, _message(channel, address, owner))
        finally:
            carrier.close()


def _say(carrier: Channel, message: Outgoing) -> None:
    try:
        if isinstance(carrier, NotifyChannel) and (fault := carrier.fault()) is not None:
            raise SetupError(fault)
        accepted = carrier.send(message)
    except NotTaken as problem:
        click.echo(f"Not taken: {problem.outcome}.", err=True)
        sys.exit(1)
    named = f" as {accepted.provider_reference}" if accepted.provider_reference else ""
    click.echo(f"Taken by {accepted.provider}{named}.")


def _message(channel: str, address: str, authority: str) -> Outgoing:
    return Outgoing(
        key=0,
        reference=f"try:{secrets.token_hex(8)}",
        kind="task",
        channel=channel,
        address=address,
        subject=_SUBJECT,
        text=_TEXT,
        html=None,
        link=None,
        attachment=None,
        attempt=1,
        authority=authority,
    )
