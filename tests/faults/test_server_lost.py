"""PostgreSQL goes down as people work and comes back: what was acknowledged is there, the rest can be sent again."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url
from werkzeug.test import TestResponse

from api.requests.schemas import NEW_REQUEST
from engine.errors import SetupError
from engine.store import migrate, tables
from engine.store.database import Database
from tests.api.asking import Caller, problem
from tests.api.office import Office, opened_office
from tests.engine.services.rows import count, differences
from tests.faults.cutting import LONG
from tests.support import postgresql, run_folder
from tests.support.desk import MONDAY
from tests.support.together import PATIENCE

REQUESTS = "/api/v1/requests"
ROUNDS = 8 if LONG else 1
CLIENTS = 3
#: Acknowledgements that each client waits for before the server goes down.
_ENOUGH = 3


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Path, postgresql.Server]]:
    """A server of our own, which acknowledges nothing before it is written, and its folder."""
    folder = Path(tempfile.mkdtemp(prefix=run_folder.PREFIX))
    (folder / "owner").write_text(str(os.getpid()))
    (folder / "quick").mkdir()
    server = postgresql.start(folder)
    with psycopg.connect(_address(server.address), autocommit=True) as connection:
        connection.execute("alter system set synchronous_commit = on")
        connection.execute("select pg_reload_conf()")
    yield folder, server
    run_folder.remove(folder)


@pytest.fixture
def folder(server: tuple[Path, postgresql.Server]) -> Path:
    return server[0]


@pytest.fixture
def url(folder: Path, server: tuple[Path, postgresql.Server]) -> Iterator[str]:
    server[1].create("ehc")
    url = server[1].url("ehc")
    migrate.upgrade(url)
    yield url
    if not postgresql.is_running(folder):  # a test may leave it down
        postgresql.start_again(folder)
    server[1].drop("ehc")


@pytest.fixture
def office(url: str) -> Iterator[Office]:
    with opened_office(url) as opened:
        yield opened


@dataclass
class Client:
    """Raises requests, each with a key of its own, until one isn't acknowledged; keeps a ledger."""

    name: str
    caller: Caller
    acknowledged: list[str] = field(default_factory=list)
    warm: threading.Event = field(default_factory=threading.Event)
    last: TestResponse | None = None

    def send(self) -> TestResponse:
        """The next request; the same one again as long as it isn't acknowledged."""
        body = {**NEW_REQUEST, "receivedOn": MONDAY.isoformat()}
        key = f"{self.name}-{len(self.acknowledged)}"
        answer = self.caller.post(REQUESTS, body, headers={"Idempotency-Key": key})
        if answer.status_code == 201:
            self.acknowledged.append(answer.get_json()["caseKey"])
        if len(self.acknowledged) >= _ENOUGH:
            self.warm.set()
        return answer

    def until_refused(self) -> None:
        """Send one after the other until something goes wrong."""
        while (answer := self.send()).status_code == 201:
            pass
        self.last = answer


def _going_down(folder: Path, clients: list[Client]) -> None:
    threads = [threading.Thread(target=client.until_refused) for client in clients]
    for thread in threads:
        thread.start()
    for client in clients:
        assert client.warm.wait(PATIENCE)
    postgresql.crash(folder)
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()


def test_what_was_acknowledged_survives_the_server_and_the_rest_is_sent_again(
    folder: Path, office: Office
) -> None:
    caller = office.caller("caseworker")
    ledger: list[str] = []
    for nth in range(ROUNDS):
        clients = [Client(f"{nth}-{number}", caller) for number in range(CLIENTS)]
        _going_down(folder, clients)
        for client in clients:
            assert client.last is not None
            assert problem(client.last, 503, "busy")
            assert problem(client.send(), 503, "busy"), "nobody is there"
        postgresql.start_again(folder)
        for client in clients:
            assert client.send().status_code == 201
        ledger += [key for client in clients for key in client.acknowledged]
    assert len(ledger) == len(set(ledger)) == count(office.desk, tables.ehc_case)
    assert count(office.desk, tables.instance) == count(office.desk, tables.child) == len(ledger)
    assert differences(office.desk) == []


def test_health_says_so_while_the_server_is_down(folder: Path, office: Office) -> None:
    nobody = Caller(office.app, "")
    assert nobody.get("/health/ready").status_code == 200
    postgresql.crash(folder)
    assert problem(nobody.get("/health/ready"), 503, "not-ready")
    assert nobody.get("/health/live").status_code == 200
    postgresql.start_again(folder)
    assert nobody.get("/health/ready").status_code == 200


def test_a_command_says_that_nobody_is_there(folder: Path, url: str) -> None:
    postgresql.crash(folder)
    database = Database(url)
    for attempt in (migrate.require_current, migrate.upgrade):
        with pytest.raises(SetupError, match=r"can't be (opened|upgraded): .*Check EHC_DATABASE_URL"):
            attempt(database)
    database.close()


def _address(address: str) -> str:
    return make_url(address).set(drivername="postgresql").render_as_string(hide_password=False)
