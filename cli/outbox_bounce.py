"""`ehc outbox bounce`: tell the engine of mail that came back."""

from __future__ import annotations

from typing import BinaryIO

import click

from cli.opening import opened
from engine.errors import BadInput
from engine.services.messages import receipts
from notifications import bounces

#: A report gives back a mail of ours at most: more isn't read.
_LARGEST = 1024 * 1024


@click.command("bounce")
@click.argument("report", type=click.File("rb"), default="-")
def bounce(report: BinaryIO) -> None:
    """Take a server's REPORT (RFC 3464) of a mail that it couldn't deliver, from a file or standard input.

    A mail server can pipe what comes to the mailbox of EHC_MAIL_RETURN_PATH into it. What didn't arrive
    becomes a caseworker's task; a report that comes again is of nothing that is still on its way.

    Example: ehc outbox bounce < report.eml
    """
    content = report.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise BadInput("This is larger than any report: a megabyte at most is read.")
    receipt = bounces.read(content)
    with opened() as engine:
        changed = receipts.take(engine, receipt)
    click.echo(f"Taken: {receipt.fate}." if changed else "Nothing changes.")
