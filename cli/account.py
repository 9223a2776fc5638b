"""`ehc account`: the first accounts, and a way back in for whoever has lost theirs."""

from __future__ import annotations

import click

from cli.opening import opened, the_authority
from engine.application import Engine
from engine.services.audit.audit import Actor
from engine.services.people.accounts import account_of, open_for, reset_in
from engine.services.principals import find_member, principal_of
from engine.services.sign_in.views_of_sign_in import InvitationView


@click.group()
def account() -> None:
    """Open accounts and reset them, for whoever works at the machine itself.

    Example: ehc account open --person "Dev Malhotra" --login d.malhotra@sandwell.example
    """


@account.command("open")
@click.option("--person", required=True, help="Name of the member.")
@click.option("--role", help="Where a person has several memberships.")
@click.option("--login", required=True, help="What the person types at sign-in; usually an email address.")
@click.option("--authority", help="Three-digit code, where the database holds several.")
def open_account(person: str, role: str | None, login: str, authority: str | None) -> None:
    """Open an account for a member and print the invitation, this once.

    With it the person chooses a password and enrols a second factor (POST /api/v1/sign-in/invitation), or
    links an account at a provider.

    Example: ehc account open --person "Dev Malhotra" --login d.malhotra@sandwell.example
    """
    with opened() as engine:
        member = find_member(engine, the_authority(engine, authority), person=person, role=role)
        with engine.database.write() as connection:
            who = principal_of(connection, member.membership_key)
            invited = open_for(engine, connection, who.person_key, who.authority, login, by=Actor.clock())
        _show(invited)


@account.command("reset")
@click.option("--login", required=True, help="The account's login.")
def reset_account(login: str) -> None:
    """Take password and second factor away, end the sessions, unlock, and print a new invitation.

    Example: ehc account reset --login d.malhotra@sandwell.example
    """
    with opened() as engine:
        _show(_reset(engine, login))


def _reset(engine: Engine, login: str) -> InvitationView:
    with engine.database.write() as connection:
        return reset_in(engine, connection, account_of(connection, login), by=Actor.clock())


def _show(invited: InvitationView) -> None:
    click.echo(invited.invitation)
    click.echo(
        f"For {invited.account.person_name} alone, good once, until {invited.expires_at:%d %B %Y %H:%M} UTC.",
        err=True,
    )
