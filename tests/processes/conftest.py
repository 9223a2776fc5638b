"""A desk per test: the demonstration authority on a stepped clock."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.desk import CaseDesk, Desk, opened_desk


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[Desk]:
    with opened_desk(sqlite_url) as opened:
        yield opened


@pytest.fixture
def case(desk: Desk) -> CaseDesk:
    return desk.request()
