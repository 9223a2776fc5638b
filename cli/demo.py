"""`ehc demo`: the demonstration authority in an empty database."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from cli.opening import opened
from engine.config import Settings
from engine.services.demonstration import accounts, fill
from engine.store.migrate import upgrade


@click.command()
@click.option("--format", "as_", type=click.Choice(["text", "json"]), default="text", help="How to print.")
def demo(as_: str) -> None:
    """Fill an empty database with the demonstration authority and print everybody's token.

    The database that EHC_DATABASE_URL names is created or upgraded first. Tokens are shown this once.

    Example: ehc demo --format json
    """
    upgrade(Settings.from_environment().database_url)
    with opened() as engine:
        listed = accounts(engine, fill(engine))
    if as_ == "json":
        click.echo(json.dumps([asdict(account) for account in listed], indent=1, ensure_ascii=False))
        return
    for account in listed:
        click.echo(f"{account.person:<28} {account.role:<18} {account.organisation:<24} {account.token}")
