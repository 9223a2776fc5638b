"""A state that no longer restores is an incident of its case; everybody else goes on, and so does it when mended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from engine.errors import StepIncident
from engine.services.audit.audit import Actor
from engine.services.incidents import retry
from engine.services.sweep import sweep
from engine.store import tables
from tests.engine.services.drawing import deploy_small, small_processes, start
from tests.engine.services.rows import count, differences, events, rows
from tests.support.desk import CaseDesk, Desk, opened_desk

DAY = timedelta(days=1)
#: Expressions of what a disk, a hand or another release may leave in the column: SQLite, PostgreSQL.
SPOILED = {
    "nothing": ("x''", "''"),
    "cut short": ("substr(state, 1, length(state) / 2)", "left(state, length(state) / 2)"),
    "overwritten": ("zeroblob(200)", "repeat('0', 200)"),
    "written by hand": ("'{\"v\": 1}'", "'{\"v\": 1}'"),
    "of a newer release": ("'{\"v\": 99}'", "'{\"v\": 99}'"),
}


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with opened_desk(database_url) as opened:
        deploy_small(opened, *small_processes())
        yield opened


def spoil(desk: Desk, instance_key: int, how: str) -> str:
    """Spoil an instance's stored state where it lies; gives what it was."""
    before: str = rows(desk, tables.instance, key=instance_key)[0].state
    expression = SPOILED[how][0 if desk.engine.database.is_sqlite else 1]
    with desk.engine.database.write() as connection:
        statement = text(f"update instance set state = {expression} where key = :key")
        connection.execute(statement, {"key": instance_key})
    return before


def mend(desk: Desk, instance_key: int, state: str) -> None:
    with desk.engine.database.write() as connection:
        connection.execute(
            tables.instance.update().where(tables.instance.c.key == instance_key).values(state=state)
        )


def waits(case: CaseDesk) -> bool:
    return "afterwards" not in case.waiting()


@pytest.mark.parametrize("how", SPOILED)
def test_what_is_spoiled_stands_still_alone_and_goes_on_when_mended(desk: Desk, how: str) -> None:
    spoiled, *others = [desk.request() for _ in range(3)]
    key = start(spoiled, "waits")
    for case in others:
        start(case, "waits")
    before = spoil(desk, key, how)
    desk.clock.advance(DAY)
    assert sweep(desk.engine) == 3
    assert [waits(case) for case in (spoiled, *others)] == [True, False, False]
    (incident,) = rows(desk, tables.incident)
    assert (incident.instance_key, incident.state) == (key, "open")
    assert "can't be restored" in incident.message
    assert sweep(desk.engine) == 0, "what is held isn't tried again and again"
    assert len(differences(desk)) == 1

    spoiled.complete("register_request")  # the case's other instances still work
    with pytest.raises(StepIncident):
        spoiled.withdraw(desk.clock.today())
    assert spoiled.status != "withdrawn"

    mend(desk, key, before)
    for row in rows(desk, tables.incident, state="open"):
        retry(desk.engine, row.key, Actor.clock())
    assert sweep(desk.engine) == 1
    assert not waits(spoiled)
    assert len(events(spoiled, "timer:fired")) == 1
    assert count(desk, tables.incident, state="open") == 0
    assert differences(desk) == []
