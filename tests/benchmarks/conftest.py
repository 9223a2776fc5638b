"""A case at its busiest point, on a database of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.busiest import Busiest, drive
from tests.support.databases import Databases
from tests.support.desk import opened_desk


@pytest.fixture(scope="module")
def busiest(databases: Databases) -> Iterator[Busiest]:
    """Request-to-plan with all advice under way. Tests of a module share it and don't change it."""
    with databases.migrated("sqlite") as url, opened_desk(url) as desk:
        yield drive(desk)
