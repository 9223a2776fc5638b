"""`ehc audit verify` walks the chains of cases and of authorities, and says where one doesn't hold."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from sqlalchemy import delete

from cli.audit import audit
from engine.services.audit import audit_of_authority
from engine.services.audit.audit import Event
from engine.store.organisation_tables import authority_event
from tests.support.desk import opened_desk


def test_a_break_in_an_authoritys_chain_is_named(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EHC_DATABASE_URL", sqlite_url)
    with opened_desk(sqlite_url) as desk:
        who = desk.member("administrator")
        with desk.engine.database.write() as connection:
            audit_of_authority.record(connection, desk.engine, who, Event.OFFICER_NAMED, before=1)
        assert CliRunner().invoke(audit, ["verify"]).exit_code == 0
        with desk.engine.database.write() as connection:
            connection.execute(delete(authority_event))
        broken = CliRunner().invoke(audit, ["verify"])
    said = "authority 333, event 1: the last events are missing, or the head was changed\n"
    assert (broken.exit_code, broken.output) == (1, said)
