"""What a process counts while it works, for whoever watches it: steps, sweeps, firings and requests.

Kept in memory and lost with the process, as Prometheus expects; what the database knows is asked of it
instead (`engine.services.figures`). No label ever holds a key, a name or an address as it was sent.
"""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics

#: Seconds, from the quarter of a second that a firing may take to a week that was slept through.
_LATENESS = (0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300, 900, 3_600, 21_600, 86_400, 604_800)
_DURATION = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

# When a counter began is a second series beside each, which nobody asks for.
disable_created_metrics()  # type: ignore[no-untyped-call]  # nor a type


class Meters:
    """The counters of one engine. `registry` is what an exposition reads."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._steps = Counter(
            "ehc_steps", "Steps of cases, by what came of them.", ("outcome",), registry=self.registry
        )
        self._lateness = Histogram(
            "ehc_timer_lateness_seconds",
            "How long after its due time a timer fired.",
            buckets=_LATENESS,
            registry=self.registry,
        )
        self._sweeps = Counter(
            "ehc_sweeps", "Looks for what is due, by what came of them.", ("outcome",), registry=self.registry
        )
        self._sweep_seconds = Histogram(
            "ehc_sweep_seconds", "How long a sweep took.", buckets=_DURATION, registry=self.registry
        )
        self._messages = Counter(
            "ehc_message_attempts",
            "Tries to send a message, by channel and what came of them.",
            ("channel", "outcome"),
            registry=self.registry,
        )
        self._requests = Histogram(
            "ehc_http_request_seconds",
            "How long a request took, by operation.",
            ("method", "route", "status"),
            buckets=_DURATION,
            registry=self.registry,
        )

    def step_done(self, lateness: Iterable[float]) -> None:
        """A step was committed; `lateness` holds the seconds of each timer that it fired."""
        self._steps.labels("done").inc()
        for seconds in lateness:
            self._lateness.observe(max(seconds, 0.0))

    def step_failed(self) -> None:
        """A step was rolled back and an incident stored."""
        self._steps.labels("incident").inc()

    def swept(self, seconds: float, *, failed: bool) -> None:
        """A sweep ended."""
        self._sweeps.labels("failed" if failed else "done").inc()
        self._sweep_seconds.observe(seconds)

    def message_tried(self, channel: str, outcome: str) -> None:
        """A message was handed to a channel: `sent`, `kept` in the inbox, `put_off` or `given_up`."""
        self._messages.labels(channel, outcome).inc()

    def request_answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered; `route` is its address with names in place of keys."""
        self._requests.labels(method, route, str(status)).observe(seconds)
