"""What every test has: databases, a machine that it can't leave, and examples that don't change in CI."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support import browser, guards, run_folder
from tests.support import databases as of_tests

settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("here"), derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")

BACKENDS = [
    pytest.param("sqlite", id="sqlite"),
    pytest.param("postgresql", id="postgresql", marks=pytest.mark.postgresql),
]
#: Modules whose tests share one long replay.
_LONG_TO_PREPARE = ("test_population.py", "test_year.py")


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    if not _is_worker(config):
        run_folder.open_for_this_run()


def pytest_unconfigure(config: pytest.Config) -> None:
    """After the last worker has ended: the process that began the run clears up."""
    if not _is_worker(config):
        folder = run_folder.of_this_run()
        of_tests.drop_what_is_left(folder)
        run_folder.remove(folder)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What prepares for more than a minute comes first, or both workers would prepare it, one of them last."""
    items.sort(key=lambda item: item.path.name not in _LONG_TO_PREPARE)


def pytest_collection_finish() -> None:
    """The tests themselves stay until the end: the garbage collector needn't look through them each time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        guards.refuse_the_network(patch)
        yield


@pytest.fixture(autouse=True)
def _nothing_left_running(_no_network: None) -> Iterator[None]:
    with guards.nothing_left_running():
        yield


@pytest.fixture(scope="session")
def databases() -> of_tests.Databases:
    """Databases to order, where `database_url` doesn't fit: several at once, or one for a whole module."""
    return of_tests.Databases(run_folder.of_this_run(), of_tests.process_name())


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest, databases: of_tests.Databases) -> Iterator[str]:
    """A migrated database without rows: the test runs once on SQLite and once on PostgreSQL."""
    with databases.emptied(request.param) as url:
        yield url


@pytest.fixture(params=BACKENDS)
def empty_database_url(request: pytest.FixtureRequest, databases: of_tests.Databases) -> Iterator[str]:
    """A database without tables, on SQLite and on PostgreSQL."""
    with databases.empty(request.param) as url:
        yield url


@pytest.fixture
def sqlite_url(databases: of_tests.Databases) -> Iterator[str]:
    """A migrated SQLite database without rows, for what doesn't depend on the database."""
    with databases.emptied("sqlite") as url:
        yield url


@pytest.fixture(params=[BACKENDS[1]])
def postgresql_url(databases: of_tests.Databases) -> Iterator[str]:
    """A migrated PostgreSQL database without rows, for what only PostgreSQL does."""
    with databases.emptied("postgresql") as url:
        yield url


@pytest.fixture(scope="session")
def _browser() -> Iterator[browser.Page]:
    with browser.opened() as page:
        yield page


@pytest.fixture(params=[pytest.param("chromium", marks=pytest.mark.browser)])
def browser_page(_browser: browser.Page) -> browser.Page:
    """A page of headless Chromium, without cookies, that reaches this machine alone."""
    _browser.fresh()
    return _browser


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's root."""
    return Path(__file__).parent.parent
