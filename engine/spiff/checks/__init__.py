"""Checks of a drawing before it is rewritten. They change nothing and find everything at once.

Whatever passes them runs as BPMN says; what the adapter would not carry out is refused by element id.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from engine.spiff.checks.across import check_bundle
from engine.spiff.checks.activities import check_activities
from engine.spiff.checks.events import check_events
from engine.spiff.checks.flows import check_flows
from engine.spiff.checks.ids import check_ids
from engine.spiff.checks.reachable import check_reachable
from engine.spiff.checks.understood import check_understood
from engine.spiff.drawing import Drawing
from engine.spiff.elements import ElementInfo
from engine.spiff.findings import Report


def check_drawing(
    drawing: Drawing, infos: Mapping[str, ElementInfo], report: Report, job_types: Collection[str]
) -> None:
    """Check one file; where ids are missing or ambiguous, nothing else can be said of it."""
    check_ids(drawing, report)
    if report.refuses:
        return
    check_understood(drawing, report)
    check_flows(drawing, report)
    check_reachable(drawing, report)
    check_events(drawing, infos, report)
    check_activities(drawing, infos, report, job_types)


__all__ = ["check_bundle", "check_drawing"]
