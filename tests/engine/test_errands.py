"""What is done again and again: a failure is told by its kind alone, and the next round finds it."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

import pytest

from engine.errands import Errand
from engine.scheduler import Scheduler
from tests.support.desk import opened_desk


def test_a_failure_is_logged_without_its_words(sqlite_url: str, caplog: pytest.LogCaptureFixture) -> None:
    def fail(_engine: object) -> None:
        raise LookupError("Ada Example")

    with opened_desk(sqlite_url) as desk, caplog.at_level(logging.ERROR):
        Errand("Failing", timedelta(hours=1), fail).run(desk.engine)
    assert "Failing failed (LookupError)" in caplog.text
    assert "Ada" not in caplog.text


def test_the_scheduler_brings_them_round(sqlite_url: str) -> None:
    rounds = threading.Semaphore(0)
    errand = Errand("Counting", timedelta(milliseconds=5), lambda _engine: rounds.release())
    with opened_desk(sqlite_url) as desk:
        scheduler = Scheduler(desk.engine, (errand,))
        scheduler.start()
        try:
            assert all(rounds.acquire(timeout=60) for _ in range(2))
        finally:
            scheduler.stop()
