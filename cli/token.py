"""`ehc token`: access tokens of members."""

from __future__ import annotations

import click

from cli.opening import opened, the_authority
from engine.services.principals import create_token, find_member, members


@click.group()
def token() -> None:
    """Create access tokens, and see who could have one.

    Example: ehc token create --person "Amara Okafor"
    """


@token.command()
@click.option("--person", required=True, help="Name of the member.")
@click.option("--role", help="Where a person has several memberships.")
@click.option("--label", default="command line", help="What the token is for.")
@click.option("--authority", help="Three-digit code, where the database holds several.")
def create(person: str, role: str | None, label: str, authority: str | None) -> None:
    """Create a token and print it, this once; only its hash is stored.

    Example: ehc token create --person "Amara Okafor" --label "MIS of Oakmere Primary"
    """
    with opened() as engine:
        member = find_member(engine, the_authority(engine, authority), person=person, role=role)
        click.echo(create_token(engine, member.membership_key, label))


@token.command("members")
@click.option("--authority", help="Three-digit code, where the database holds several.")
def list_members(authority: str | None) -> None:
    """List the members: person, role, organisation.

    Example: ehc token members
    """
    with opened() as engine:
        for member in members(engine, the_authority(engine, authority)):
            click.echo(f"{member.person:<28} {member.role:<18} {member.organisation}")
