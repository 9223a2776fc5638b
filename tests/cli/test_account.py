"""`ehc account` opens the first account, and lets somebody back in who has lost password or second factor."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result

from cli.account import account
from engine.errors import NotFound
from engine.services.audit.audit_of_authority import verify
from engine.services.people.own_account import accept_invitation
from tests.support.desk import Desk, opened_desk

LOGIN = "d.malhotra@ehc.example"


@pytest.fixture
def desk(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("EHC_DATABASE_URL", sqlite_url)
    with opened_desk(sqlite_url) as desk:
        yield desk


def run(*words: str) -> Result:
    return CliRunner().invoke(account, words)


def test_the_invitation_that_is_printed_leads_in(desk: Desk) -> None:
    opened = run("open", "--person", "Dev Malhotra", "--login", LOGIN)
    assert opened.exit_code == 0, opened.output
    step = accept_invitation(desk.engine, opened.stdout.strip(), "lantern gravel otter")
    assert step.state == "enrolment_needed"
    assert "For Dev Malhotra alone, good once, until" in opened.stderr
    with desk.engine.database.read() as connection:
        assert list(verify(connection)) == []


def test_a_reset_invites_anew(desk: Desk) -> None:
    first = run("open", "--person", "Dev Malhotra", "--login", LOGIN).stdout.strip()
    again = run("reset", "--login", LOGIN.upper())
    assert again.exit_code == 0, again.output
    assert again.stdout.strip() != first
    assert accept_invitation(desk.engine, again.stdout.strip(), "lantern gravel otter").ticket


def test_a_login_that_nobody_has_is_said(desk: Desk) -> None:
    refused = run("reset", "--login", "nobody@ehc.example")
    assert isinstance(refused.exception, NotFound)
    assert "There is no account with this login" in refused.exception.message
