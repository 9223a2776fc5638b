"""`ehc token` makes a token for one member, and says whom it took the name for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from cli.token import token
from engine.errors import BadInput
from engine.services.principals import find_member
from engine.services.sign_in.credentials import authenticate
from tests.support.desk import Desk, opened_desk


@pytest.fixture
def desk(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("EHC_DATABASE_URL", sqlite_url)
    with opened_desk(sqlite_url) as desk:
        yield desk


@pytest.mark.parametrize("name", ["Amara Okafor", "amara okafor "])
def test_a_token_is_the_members_own(desk: Desk, name: str) -> None:
    made = CliRunner().invoke(token, ["create", "--person", name])
    assert made.exit_code == 0, made.output
    principal = authenticate(desk.engine, made.output.strip())
    assert principal is not None
    assert (principal.role, principal.organisation) == ("caseworker", "send_team")


@pytest.mark.parametrize(
    ("person", "role", "said"),
    [
        ("Nobody", None, "Nobody called 'Nobody' is a member. See: ehc token members."),
        ("Amara Okafor", "auditor", "'Amara Okafor' is caseworker of send_team. Name one of these roles."),
    ],
)
def test_whoever_isnt_a_member_gets_a_sentence(desk: Desk, person: str, role: str | None, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        find_member(desk.engine, desk.authority, person=person, role=role)
    assert refused.value.message == said
