"""`ehc replay` and `ehc run` at the terminal: what they print, what they refuse, how they end."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.support.recordings import TRAITS, lines_under_way, lines_with_traits, plans_of_the_year, write

EHC = "from cli.main import main; main()"
#: `ehc run` with another year than the shipped one.
EHC_RUN = "import sys, pathlib, cli.run; cli.run.YEAR = pathlib.Path(sys.argv.pop()); " + EHC
UNTIL = "2026-06-30"


@pytest.fixture
def short(tmp_path: Path) -> Path:
    """Two requests of the year."""
    chosen = [
        next(line for line in lines_with_traits() if TRAITS[name](line)) for name in ("refused", "no plan")
    ]
    return write(tmp_path / "short.jsonl", chosen)


def environment(**values: str) -> dict[str, str]:
    given = {name: value for name, value in os.environ.items() if name != "EHC_DATABASE_URL"}
    return {**given, **values}


def ehc(*arguments: str | Path, **values: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", EHC, *map(str, arguments)],
        env=environment(**values),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_replay_says_how_the_year_went(short, tmp_path):
    done = ehc("replay", short, "--database", tmp_path / "new" / "year.db", "--until", UNTIL)
    assert done.returncode == 0, done.stderr
    assert "2 requests, 0 plans brought in, " in done.stdout
    assert "Cases by status: 1 no plan, 1 refused." in done.stdout
    assert "6 weeks: decide whether to assess" in done.stdout
    assert "Schools and other settings" in done.stdout
    assert "Replaying 365 days up to 30 June 2026: 100%" in done.stderr
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["year.db"]


def test_figures_for_programs(short, tmp_path):
    url = f"sqlite:///{tmp_path / 'year.db'}"
    asked = ("--until", UNTIL, "--format", "json", "--early-warning")
    done = ehc("replay", short, *asked, EHC_DATABASE_URL=url)
    figures = json.loads(done.stdout)
    assert figures["requests"] == 2
    assert sum(part["tasks"] for part in figures["tenths"]) == figures["tasks"] // 10 * 10
    assert {part["memoryBytes"] > 0 for part in figures["tenths"]} == {True}
    with closing(sqlite3.connect(tmp_path / "year.db")) as database:
        assert database.execute("SELECT count(*) FROM forecast").fetchone()[0] > 4
    assert [each["weeks"] for each in figures["limits"]] == [6, 16, 16, 20]
    assert figures["incidents"] == 0
    assert figures["limits"][0]["shareWithExceptions"] == 1.0


def test_a_bad_line_is_a_sentence_and_nothing_is_written(short, tmp_path):
    with short.open("a") as file:
        file.write('{"child": {}}\n')
    done = ehc("replay", short, "--database", tmp_path / "year.db")
    assert done.returncode == 2
    assert (
        f"{short}, line 4, child.givenName: This field is missing. Add it. Nothing was written."
        in done.stderr
    )
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "year.db").exists()


def test_a_bad_line_leaves_a_database_that_is_there_as_it_was(short, tmp_path, sqlite_url):
    assert ehc("replay", short, "--until", UNTIL, EHC_DATABASE_URL=sqlite_url).returncode == 0
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    before = contents(file)
    line = {**lines_with_traits()[0], "officer": "Nobody Known"}
    bad = write(tmp_path / "bad.jsonl", [line])
    done = ehc("replay", bad, EHC_DATABASE_URL=sqlite_url)
    assert (done.returncode, contents(file)) == (2, before)
    assert "line 2, officer: There is no Nobody Known" in done.stderr


def contents(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as database:
        return list(database.iterdump())


@pytest.mark.parametrize(
    ("until", "said"),
    [("2999-01-01", "can't end after today"), ("31 April", "isn't a day")],
)
def test_a_year_that_cant_be_is_refused(short, tmp_path, until, said):
    done = ehc("replay", short, "--database", tmp_path / "year.db", "--until", until)
    assert done.returncode == 2
    assert said in done.stderr


# --- ehc run ---------------------------------------------------------------------------------


class Running:
    """A running `ehc run`, with what it said until it served."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said: list[str] = []
        assert process.stdout is not None
        for line in process.stdout:
            self.said.append(line.rstrip())
            if line.startswith("Anybody else's token"):
                return
        raise AssertionError((self.said, process.stderr.read() if process.stderr else ""))

    @property
    def requests(self) -> list[Request]:
        """What the printed curl lines ask."""
        asked = [line.split("'") for line in self.said if line.startswith("curl")]
        return [Request(parts[3], headers=dict([parts[1].split(": ", 1)])) for parts in asked]

    def told(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=20)


def _hear_the_keyboard() -> None:
    """A shell has what it runs in the background pass over Ctrl-C, and that is handed down."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def running(year: Path, folder: Path, *options: str, **values: str) -> Iterator[Running]:
    with subprocess.Popen(
        [sys.executable, "-c", EHC_RUN, "run", "--port", "0", *options, str(year)],
        env=environment(PYTHONPATH=str(Path.cwd()), **values),
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_hear_the_keyboard,
    ) as process:
        try:
            yield Running(process)
        finally:
            process.kill()


def answer(request: Request) -> dict[str, object]:
    with urlopen(request, timeout=20) as response:
        found: dict[str, object] = json.loads(response.read())
    return found


@pytest.fixture(scope="module")
def recent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two plans whose review nobody holds, and six requests of the year's last months: much is late today."""
    plans = [{**line, "work": {"hold_review_meeting": None}} for line in plans_of_the_year()[:2]]
    return write(tmp_path_factory.mktemp("run") / "recent.jsonl", [*plans, *lines_under_way()])


def test_run_makes_the_year_and_serves_it_with_requests_that_work(recent, tmp_path):
    with running(recent, tmp_path) as first:
        assert any(line.startswith("6 requests, 2 plans brought in, ") for line in first.said)
        tasks, deadlines, reviews, escalations = (answer(request) for request in first.requests)
        assert {"dueDate", "formKey"} <= set(tasks["items"][0])
        assert {"citation", "status"} <= set(deadlines["items"][0])
        assert {"planKey", "dueOn"} <= set(reviews["items"][0])
        assert {"reason", "level"} <= set(escalations["items"][0])
        assert first.told(signal.SIGTERM) == 0
    assert {path.name for path in (tmp_path / "var").iterdir()} <= {"demo.db", "demo-files"}  # and letters
    with running(recent, tmp_path) as second:
        assert not any(line.startswith("6 requests, 2 plans brought in, ") for line in second.said)
        assert answer(second.requests[0]) == tasks
        old = Request(second.requests[0].full_url, headers=dict(first.requests[0].headers))
        with pytest.raises(HTTPError, match="401"):
            answer(old)
        assert second.told(signal.SIGINT) == 0


def test_run_takes_the_database_that_is_named(recent, tmp_path, sqlite_url):
    with running(recent, tmp_path, EHC_DATABASE_URL=sqlite_url) as served:
        assert any(line.startswith("6 requests, 2 plans brought in, ") for line in served.said)
        assert served.told(signal.SIGTERM) == 0
    assert not (tmp_path / "var").exists()


def test_run_ends_in_order_while_the_year_is_made(recent, tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", EHC_RUN, "run", "--port", "0", str(recent)],
        env=environment(PYTHONPATH=str(Path.cwd())),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert "Replaying a year" in process.stderr.readline()
        process.stderr.read(20)  # the bar: the unfinished file is there
        process.send_signal(signal.SIGTERM)
        process.stderr.read()
        assert process.wait(timeout=20) == 0
    assert list((tmp_path / "var").iterdir()) == []


def test_run_says_at_once_that_its_port_is_taken(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-c", EHC, "run", "--port", port],
            env=environment(PYTHONPATH=str(Path.cwd())),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert (done.returncode, done.stdout) == (2, "")
    assert f"Nothing can listen on 127.0.0.1, port {port}" in done.stderr
    assert "Choose another with --port." in done.stderr
    assert not (tmp_path / "var").exists()
