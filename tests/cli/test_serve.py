"""`ehc serve` takes requests, says when it is about to stop, and ends in order."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from api.requests.schemas import NEW_REQUEST
from engine.services.principals import create_token
from tests.support.desk import opened_desk

COMMAND = [sys.executable, "-c", "from cli.main import main; main()", "serve", "--port", "0"]


class Server:
    """A running `ehc serve`, asked over the wire."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        said = process.stdout.readline()
        found = [word for word in said.split() if word.startswith("http://")]
        assert found, f"{said!r}, {process.stderr.read() if process.stderr else ''}"
        address = urlsplit(found[0])
        self.place = (str(address.hostname), int(address.port or 0))

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(*self.place, timeout=20)

    def get(self, path: str) -> tuple[int, dict[str, object]]:
        with closing(self.connection()) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())

    def told_to_stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def exit_code(self) -> int:
        return self.process.wait(timeout=20)


@contextmanager
def serving(url: str, *options: str) -> Iterator[Server]:
    environment = {**os.environ, "EHC_DATABASE_URL": url}
    with subprocess.Popen(
        [*COMMAND, *options], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Server(process)
        finally:
            process.kill()


@pytest.fixture
def token(sqlite_url: str) -> str:
    """A caseworker's token in a database with the demonstration authority."""
    with opened_desk(sqlite_url) as desk:
        return create_token(desk.engine, desk.member("caseworker").membership_key, "test")


def test_it_says_that_it_stops_before_it_does(sqlite_url: str) -> None:
    with serving(sqlite_url, "--grace", "1") as server:
        status, said = server.get("/health/ready")
        assert (status, said["status"]) == (200, "ready")
        assert said["checks"]["scheduler"] == "ok"
        server.told_to_stop()
        status, said = server.get("/health/ready")
        while status == 200:  # the signal may arrive a moment after the question
            status, said = server.get("/health/ready")
        assert (status, said["reasons"]) == (503, ["The service is stopping."])
        assert server.get("/health/live")[0] == 200
        assert server.exit_code() == 0


def test_a_second_signal_ends_it_at_once(sqlite_url: str) -> None:
    with serving(sqlite_url, "--grace", "300") as server:
        server.told_to_stop()
        while server.get("/health/ready")[0] == 200:
            pass
        server.told_to_stop()
        assert server.exit_code() == 0


def test_what_is_under_way_is_answered_before_the_end(sqlite_url: str, token: str) -> None:
    body = json.dumps({**NEW_REQUEST, "receivedOn": date(2026, 11, 2).isoformat()})
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    with serving(sqlite_url, "--grace", "0") as server, closing(server.connection()) as connection:
        with closing(sqlite3.connect(file, isolation_level=None)) as somebody:
            somebody.execute("BEGIN IMMEDIATE")
            connection.request("POST", "/api/v1/requests", body, headers)
            server.get("/health/live")  # answered after the other request was taken
            server.told_to_stop()
            somebody.execute("ROLLBACK")
        answer = connection.getresponse()
        raised = json.loads(answer.read())
        assert (answer.status, set(raised)) == (201, {"caseKey", "processInstanceKey"})
        assert server.exit_code() == 0
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("SELECT key FROM ehc_case").fetchall() == [(int(raised["caseKey"]),)]


@pytest.mark.parametrize("proxy", ["127.0.0.1", ""])
def test_a_requests_origin_is_what_the_trusted_proxy_says_and_nobody_else(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    """One sign-in a minute for each address: three of one can't all pass, wherever the minute turns."""
    monkeypatch.setenv("EHC_TRUSTED_PROXY", proxy)
    monkeypatch.setenv("EHC_SIGN_INS_A_MINUTE", "1")
    body = json.dumps({"login": "nobody@ehc.example", "password": "lantern gravel otter"})
    statuses = []
    with opened_desk(sqlite_url), serving(sqlite_url, "--grace", "0") as server:
        for last in range(3):
            with closing(server.connection()) as connection:
                headers = {"Content-Type": "application/json", "X-Forwarded-For": f"203.0.113.{last}"}
                connection.request("POST", "/api/v1/sign-in", body, headers)
                answer = connection.getresponse()
                answer.read()
                statuses.append(answer.status)
        server.told_to_stop()
        assert server.exit_code() == 0
    assert (429 in statuses) == (not proxy), statuses


def test_a_port_that_is_taken_is_said_in_a_sentence(sqlite_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = subprocess.run(
            [*COMMAND[:-1], port],
            env={**os.environ, "EHC_DATABASE_URL": sqlite_url},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert ended.returncode == 2
    assert f"Nothing can listen on 127.0.0.1, port {port}" in ended.stderr
    assert "Traceback" not in ended.stderr
