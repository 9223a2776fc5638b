"""A step that is cut off at any statement keeps nothing; the same sent again is done once, and as a whole."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engine.services.rows import differences, everything
from tests.faults.acts import ACTS, Act, rows_by_table
from tests.faults.cutting import COMMIT, LONG, Cut, knife
from tests.support.databases import Databases
from tests.support.desk import Desk, opened_desk

#: Many times what any step takes: a loop that goes on longer is a defect.
_MOST_PLACES = 400


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with opened_desk(database_url) as opened:
        yield opened


@pytest.fixture
def undisturbed(databases: Databases) -> Iterator[Desk]:
    """Another desk, where the same is done without a fault, to compare with."""
    with databases.migrated("sqlite") as url, opened_desk(url) as opened:
        yield opened


@pytest.mark.parametrize("name", ACTS)
def test_a_step_cut_off_anywhere_keeps_nothing_and_is_done_once_when_sent_again(
    desk: Desk, undisturbed: Desk, name: str
) -> None:
    act, undisturbed_act = ACTS[name](desk), ACTS[name](undisturbed)
    before = everything(desk)
    places = 0
    while not _is_done(desk, act, places + 1, before):
        places += 1
        assert places < _MOST_PLACES
    assert places > 10
    undisturbed_act()
    assert rows_by_table(desk) == rows_by_table(undisturbed)
    assert differences(desk) == []


def _is_done(desk: Desk, act: Act, nth: int, before: dict[str, list[tuple[object, ...]]]) -> bool:
    """Whether the act came to its end, having fewer places than that. Else it was cut off there."""
    for when in ("before", "after") if LONG or desk.engine.database.is_sqlite else ("before",):
        with knife(nth, when) as held:
            try:
                act()
            except (Cut, ExceptionGroup):
                assert held.fell
            else:
                assert not held.fell
                return True
        if everything(desk) != before:
            assert act() == 0, (
                f"{when} {held.place}"
            )  # the sweep's steps were kept; its last look was cut off
            return True
        if held.place == COMMIT:
            break
    return False
