"""What clients wait for with few and very many open tasks, on PostgreSQL; and what a list costs.

A filtered list and a claim with the completion after it, at the 95th percentile of the time on the wall. Then
the list's requests per second of a core, with token, sight, limits and pages, beside a bare endpoint of Flask
and SQLAlchemy that answers the same rows. Requests reach both applications as a server hands them over.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from werkzeug.test import EnvironBuilder

from api.application import create_app
from benchmarks.bare_list import PATH, bare_app
from benchmarks.busiest import drive
from benchmarks.herd import Herd, multiply, settle
from benchmarks.machinery import Bench, desk_on_postgresql
from benchmarks.many_tasks import scatter
from benchmarks.measuring import PROCESSOR, WALL, Act, median_ms, spread_ms, take_turns
from benchmarks.results import Figure
from engine.services.principals import create_token
from tests.support.desk import Desk

AIM, AIM_BARE = 1.3, 0.8
_SIZES = (1_000, 100_000, 1_000_000)
_ROUNDS, _BLOCK, _WARM_UP = 20, 10, 12
TASKS = "/api/v1/tasks"
_PAGE = 50


def run(bench: Bench) -> list[Figure]:
    """Measure."""
    sizes = (20, 40, 80) if bench.tiny else _SIZES
    rounds, block = bench.times(_ROUNDS), bench.times(_BLOCK)
    with ExitStack() as stack:
        halls: dict[str, _Hall] = {}
        for size in sizes:
            desk = stack.enter_context(desk_on_postgresql(bench.folder, f"api_{size}"))
            halls[str(size)] = _Hall(desk, size, rounds * block + _WARM_UP)
            print(f"  {size} open tasks", flush=True)
        turns = {"rounds": rounds, "block": block, "warm_up": _WARM_UP}
        lists = take_turns({size: hall.lists for size, hall in halls.items()}, clock=WALL, **turns)
        pairs = take_turns({size: hall.pairs for size, hall in halls.items()}, clock=WALL, **turns)
        hall = halls[str(sizes[-1])]
        hall.compare()
        beside = take_turns({"ours": hall.lists, "bare": hall.bare_lists}, clock=PROCESSOR, **turns)
    return [
        _grown("api_list", "p95 of a filtered list of 50 tasks", lists),
        _grown("api_pair", "p95 of a claim and the completion after it", pairs),
        _of_a_core(beside),
    ]


def _grown(name: str, what: str, seconds: dict[str, list[float]]) -> Figure:
    first, *_, last = seconds
    return Figure(
        name,
        f"{what}, {last} open tasks against {first}",
        _p95(seconds[last]) / _p95(seconds[first]),
        AIM,
        detail={
            size: {**spread_ms(taken), "p95_ms": round(_p95(taken) * 1_000, 3)}
            for size, taken in seconds.items()
        },
    )


def _of_a_core(seconds: dict[str, list[float]]) -> Figure:
    return Figure(
        "api_bare",
        "requests per second of a core: the list with token, sight and paging against a bare endpoint",
        statistics.median(seconds["bare"]) / statistics.median(seconds["ours"]),
        AIM_BARE,
        at_least=True,
        detail={f"{name}_processor_ms": round(median_ms(taken), 3) for name, taken in seconds.items()},
    )


def _p95(seconds: list[float]) -> float:
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


class _Hall:
    """An authority with so many open tasks, a few of which can be done."""

    def __init__(self, desk: Desk, tasks: int, done: int) -> None:
        busiest = drive(desk)
        self._task, self._answers = busiest.task, busiest.example()
        who = busiest.case.worker(self._task)
        original = int(busiest.case.key)
        herd = multiply(desk.engine.database, original, 1, done)
        scatter(desk.engine.database, original, done + 1, tasks)
        settle(desk.engine.database)
        self._app, self._bare = create_app(desk.engine), bare_app(desk.engine.database)
        self._token = create_token(desk.engine, who.membership_key, "benchmark")
        self._copies = iter(range(herd.first, herd.last + 1))
        before = (desk.clock.today() + timedelta(days=400)).isoformat()
        asked = {"organisation": who.organisation, "dueBefore": before, "limit": str(_PAGE)}
        self._list = f"{TASKS}?{urlencode({**asked, 'unassigned': 'true'})}"
        self._bare_list = f"{PATH}?{urlencode({**asked, 'authority': who.authority})}"

    def lists(self) -> Act:
        """A page of what the organisation has to do and nobody holds."""
        return _sent(self._app, "GET", self._list, self._token)

    def bare_lists(self) -> Act:
        """The same rows of the bare application."""
        return _sent(self._bare, "GET", self._bare_list)

    def pairs(self) -> Act:
        """A task of the next copy: claimed, then completed."""
        task = f"{TASKS}/{Herd.key(int(self._task.key), next(self._copies))}"
        claim = _sent(self._app, "POST", f"{task}/claim", self._token)
        complete = _sent(self._app, "POST", f"{task}/complete", self._token, {"answers": self._answers})

        def both() -> None:
            claim()
            complete()

        return both

    def compare(self) -> None:
        """See to it that both applications answer the same rows."""
        ours, bare = json.loads(self.lists()())["items"], json.loads(self.bare_lists()())["items"]
        assert len(ours) == len(bare) > 0
        for mine, theirs in zip(ours, bare, strict=True):
            assert theirs == {name: mine[name] for name in theirs}, (mine, theirs)


def _sent(
    app: Flask, method: str, path: str, token: str | None = None, body: dict[str, Any] | None = None
) -> Callable[[], bytes]:
    """A request, made ready; sending it gives the body of the answer."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    environ = EnvironBuilder(path, method=method, headers=headers, json=body).get_environ()

    def send() -> bytes:
        status: list[str] = []
        parts: Iterator[bytes] = app.wsgi_app(environ, lambda said, _headers: status.append(said))
        answer = b"".join(parts)
        assert status[0].startswith("200"), answer.decode()
        return answer

    return send
