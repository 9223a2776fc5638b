"""Desks for the tests of the services: on SQLite, or on both databases where that may matter."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.services.principals import Principal
from tests.engine.services.drawing import deploy_small, small_processes
from tests.support.desk import CaseDesk, Desk, opened_desk


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[Desk]:
    with opened_desk(sqlite_url) as opened:
        yield opened


@pytest.fixture
def case(desk: Desk) -> CaseDesk:
    return desk.request()


@pytest.fixture
def either_desk(database_url: str) -> Iterator[Desk]:
    """A desk on SQLite, then one on PostgreSQL."""
    with opened_desk(database_url) as opened:
        yield opened


@pytest.fixture
def either_case(either_desk: Desk) -> CaseDesk:
    return either_desk.request()


@pytest.fixture
def small_case(desk: Desk) -> CaseDesk:
    """A case for which the small processes can be started."""
    deploy_small(desk, *small_processes())
    return desk.request()


@pytest.fixture
def either_small_case(either_desk: Desk) -> CaseDesk:
    deploy_small(either_desk, *small_processes())
    return either_desk.request()


@pytest.fixture
def colleagues(either_desk: Desk) -> list[Principal]:
    """All caseworkers of the SEND team: four people with the same work."""
    return either_desk.all_with("caseworker")
