"""`/metrics`: how the installation stands and works, as Prometheus reads it; figures only."""

from __future__ import annotations

import hmac
import os
from functools import partial

from flask import Flask, Response, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from api.blueprint import Blueprint, permission, problems
from api.context import PUBLIC, Installation, current_engine, installation
from api.metrics.collector import FiguresCollector
from api.problems import Refusal
from engine.services.figures import figures

metrics = Blueprint("metrics", "/metrics", "Figures for whoever watches the service.")

_EXAMPLE = 'ehc_deadlines{authority="333",state="overdue"} 4.0\nehc_incidents_open 0.0\n'


@metrics.get("")
@permission(PUBLIC)
@problems("unauthenticated")
@metrics.answers_text(_EXAMPLE)
def read_metrics() -> Response:
    """Read the service's figures.

    In Prometheus's text form, without a person, a case or a key in it. Where the installation has a token for
    whoever scrapes (`EHC_METRICS_TOKEN`), it must be sent as a bearer token.
    """
    _check_token(current_engine().settings.metrics_token)
    counted = _counted(installation())
    asked = installation().collector
    text = generate_latest(counted) + (generate_latest(_only(asked)) if asked else b"")
    return Response(text, content_type=CONTENT_TYPE_LATEST)


def collect_figures(app: Flask) -> None:
    """Prepare what a scrape asks the database, once for an application."""
    place: Installation = app.extensions["ehc"]
    if place.engine is not None:
        place.collector = FiguresCollector(partial(figures, place.engine), place.engine.clock.now)


def _check_token(wanted: str | None) -> None:
    if wanted is None:
        return
    sent = request.authorization
    token = sent.token if sent is not None and sent.type == "bearer" else None
    if not hmac.compare_digest((token or "").encode(), wanted.encode()):
        raise Refusal(
            "unauthenticated",
            "These figures need the token that the installation names in EHC_METRICS_TOKEN.",
            headers={"WWW-Authenticate": 'Bearer realm="ehc-metrics"'},
        )


def _counted(place: Installation) -> CollectorRegistry:
    """This process's counters; those of all processes where several share a folder."""
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return place.engine.meters.registry
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]  # the library has no types here
    return together


def _only(collector: Collector) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(collector)
    return registry
