"""Turns the database's figures into metrics, asked for at most once in a while."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from engine.services.figures import Figures

#: Scrapes that come faster than this are answered from what was last counted.
FRESH = timedelta(seconds=15)


class FiguresCollector(Collector):
    """Gauges of how things stand; every process of an installation gives the same."""

    def __init__(self, ask: Callable[[], Figures], now: Callable[[], datetime]) -> None:
        self._ask = ask
        self._now = now
        self._guard = threading.Lock()
        self._last: tuple[datetime, Figures] | None = None

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Called by the exposition."""
        stands = self._figures()
        yield _many(
            "ehc_deadlines",
            "Limits by state; overdue are the running ones that are broken.",
            ("authority", "state"),
            stands.deadlines,
        )
        yield _many(
            "ehc_escalations_open",
            "Threads of lateness that aren't resolved.",
            ("authority", "level"),
            stands.escalations,
        )
        yield _many("ehc_tasks_open", "Tasks to be done.", ("authority", "organisation"), stands.open_tasks)
        yield _one("ehc_incidents_open", "Steps that failed and weren't retried.", stands.incidents)
        yield _many("ehc_outbox_waiting", "Messages that haven't left.", ("kind",), stands.outbox_waiting)
        yield _one("ehc_outbox_age_seconds", "Age of the oldest message that hasn't left.", stands.outbox_age)
        yield _many(
            "ehc_outbox_overdue_seconds",
            "How long the first message has been due, by channel; what is to be printed waits for a person.",
            ("channel",),
            stands.outbox_overdue,
        )
        yield _many(
            "ehc_outbox_stuck",
            "Messages that failed or are held: they go no further unless somebody sees to it.",
            ("state", "channel"),
            stands.outbox_stuck,
        )
        yield _one("ehc_timers_asleep", "Timers that wait.", stands.timers_asleep)
        yield _one(
            "ehc_timer_overdue_seconds",
            "How late the oldest timer is that should have fired.",
            stands.overdue_timer_age,
        )

    def _figures(self) -> Figures:
        with self._guard:
            now = self._now()
            if self._last is None or abs(now - self._last[0]) >= FRESH:
                self._last = now, self._ask()
            return self._last[1]


def _many(
    name: str, words: str, labels: tuple[str, ...], counts: Mapping[tuple[str, ...], float]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, words, labels=labels)
    for values, count in sorted(counts.items()):
        family.add_metric(values, count)
    return family


def _one(name: str, words: str, value: float | None) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=value or 0.0)
