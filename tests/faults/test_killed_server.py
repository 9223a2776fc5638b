"""A server killed at any moment loses nothing that it acknowledged, and doubles nothing."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from sqlalchemy import func, select

from engine.application import Engine
from engine.clock import SystemClock
from engine.config import Settings
from engine.services.check import check
from engine.services.demonstration import accounts, fill
from engine.store import tables
from engine.store.database import Database

ROUNDS = 12 if os.environ.get("EHC_FAULTS") == "long" else 2
REQUEST = {
    "child": {
        "givenName": "Ada",
        "familyName": "Example",
        "dateOfBirth": "2017-05-14",
        "nationalCurriculumYear": 4,
    },
    "requestedBy": {"role": "parent", "name": "Sam Example"},
    "receivedOn": "2026-11-02",
    "settingUrn": "103001",
}


def _ask(port: int, token: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request("POST", "/api/v1/requests", json.dumps(REQUEST), headers)
    answer = connection.getresponse()
    body = json.loads(answer.read())
    connection.close()
    assert answer.status == 201, body
    key: str = body["caseKey"]
    return key


def _serve(url: str) -> tuple[subprocess.Popen[str], int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", "from cli.main import main; main()", "serve", "--port", str(port)]
    environment = {**os.environ, "EHC_DATABASE_URL": url}
    server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    server.stdout.readline()  # it says so once it listens
    return server, port


def _until_killed(url: str, token: str, after: float) -> list[str]:
    """The client's own ledger: the cases that were acknowledged before the kill."""
    server, port = _serve(url)
    acknowledged: list[str] = []
    try:
        acknowledged.append(_ask(port, token))
        killer = threading.Timer(after, server.send_signal, [signal.SIGKILL])
        killer.start()
        with suppress(OSError, http.client.HTTPException):
            while True:
                acknowledged.append(_ask(port, token))
        killer.join()
    finally:
        server.kill()
        server.wait()
        assert server.stdout is not None
        server.stdout.close()
    return acknowledged


def test_what_was_acknowledged_is_there_once_after_a_kill(sqlite_url: str, root: Path) -> None:
    settings = Settings(sqlite_url, root / "bpmn", root / "examples" / "authority.yaml")
    engine = Engine(Database(sqlite_url), SystemClock(), settings)
    token = next(one.token for one in accounts(engine, fill(engine)) if one.role == "caseworker")
    engine.close()
    chance = random.Random(333)
    ledger = [
        key for _ in range(ROUNDS) for key in _until_killed(sqlite_url, token, chance.uniform(0.2, 1.5))
    ]
    engine = Engine(Database(sqlite_url), SystemClock(), settings)
    with engine.database.read() as connection:
        kept = [str(key) for key in connection.execute(select(tables.ehc_case.c.key)).scalars()]
        started = connection.execute(select(func.count()).select_from(tables.instance)).scalar_one()
    differences = list(check(engine))
    engine.close()
    assert len(ledger) == len(set(ledger))
    assert set(ledger) <= set(kept)
    assert len(kept) <= len(ledger) + ROUNDS  # one may have been committed and not yet answered, a round
    assert started == len(kept)
    assert differences == []
