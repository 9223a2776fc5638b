from __future__ import annotations

import warnings
from collections.abc import Iterator

import pytest

from tests.api.asking import Caller
from tests.api.office import Office, opened_office
from tests.api.sample import Heard, sample
from tests.support.databases import Databases


@pytest.fixture(scope="session")
def sample_app() -> Iterator[Caller]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield Caller(sample())


@pytest.fixture
def things(sample_app: Caller) -> Caller:
    """The sample application, asked by a worker; what its operations heard before is forgotten."""
    Heard.last = None
    return sample_app


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Office]:
    """An office that a module's tests share: each raises requests of its own."""
    with databases.migrated("sqlite") as url, opened_office(url) as opened:
        yield opened
