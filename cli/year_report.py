"""How a replayed year is shown: as text for people, as data for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from engine.replay import YearReport
from engine.services.deadlines.timeliness import AgencyTimeliness, LimitTimeliness, Period, Tally

_NAME_WIDTH = 38
_SHORT_TITLES = {
    "reg5_decide_to_assess": "6 weeks: decide whether to assess",
    "reg10_decide_no_plan": "16 weeks: tell if there is no plan",
    "draft_plan_backstop": "16 weeks: draft plan sent",
    "reg13_2_final_20w": "20 weeks: final plan issued",
}


def as_text(report: YearReport) -> str:
    """Some lines of figures."""
    parts = [_summary(report), _limits(report.limits), _advice(report.advice, report.quarters)]
    return "\n\n".join(parts)


def as_data(report: YearReport) -> dict[str, Any]:
    """The same for a program; shares are between 0 and 1, null where nothing was due."""
    played = report.played
    return {
        "requests": played.requests,
        "plans": played.plans,
        "tasks": played.tasks,
        "seconds": round(played.seconds, 3),
        "tasksPerSecond": round(played.tasks / played.seconds, 2),
        "tenths": [
            {
                "tasks": part.tasks,
                "seconds": round(part.seconds, 4),
                "tasksPerSecond": round(part.tasks_per_second, 2),
                "memoryBytes": part.memory_bytes,
                "processorSeconds": round(part.processor_seconds, 4),
            }
            for part in played.tenths
        ],
        "statuses": report.statuses,
        "limits": [
            {"rule": each.rule, "weeks": each.weeks, **_tally_as_data(each.tally)} for each in report.limits
        ],
        "quarters": [{"first": str(each.first), "last": str(each.last)} for each in report.quarters],
        "advice": [
            {"organisation": each.organisation, "quarters": [_tally_as_data(tally) for tally in each.tallies]}
            for each in report.advice
        ],
        "incidents": report.incidents,
    }


def _tally_as_data(tally: Tally) -> dict[str, Any]:
    return {
        **asdict(tally),
        "shareOfDue": tally.share_of_due,
        "shareWithExceptions": tally.share_with_exceptions,
        "shareWithoutExceptions": tally.share_without_exceptions,
    }


def _summary(report: YearReport) -> str:
    played = report.played
    statuses = ", ".join(f"{number} {status.replace('_', ' ')}" for status, number in report.statuses.items())
    lines = [
        f"{played.requests} requests, {played.plans} plans brought in,"
        f" {played.tasks} tasks completed in {played.seconds:.1f} s"
        f" ({played.tasks / played.seconds:.0f} a second).",
        f"Cases by status: {statuses}.",
    ]
    if report.incidents:
        lines.append(f"{report.incidents} steps failed and wait as incidents. See: ehc check")
    return "\n".join(lines)


def _limits(limits: list[LimitTimeliness]) -> str:
    head = f"{'Limits of the authority':<{_NAME_WIDTH}} {'met':>5} {'in time':>8} {'late':>5} {'excused':>8}"
    lines = [head + f" {'open, late':>11} {'in time':>8} {'without exceptions':>19}"]
    for each in limits:
        tally = each.tally
        name = _SHORT_TITLES.get(each.rule, each.title)
        lines.append(
            f"{name:<{_NAME_WIDTH}} {tally.ended:>5} {tally.on_time:>8} {tally.late:>5} {tally.excused:>8}"
            f" {tally.open_late:>11} {_percent(tally.share_with_exceptions):>8}"
            f" {_percent(tally.share_without_exceptions):>19}"
        )
    return "\n".join(lines)


def _advice(agencies: list[AgencyTimeliness], periods: tuple[Period, ...]) -> str:
    title = "Advice in 6 weeks, of what was due"
    heads = "".join(f"{f'{period.first:%-d %b} to {period.last:%-d %b}':>19}" for period in periods)
    lines = [f"{title:<{_NAME_WIDTH}}{heads}"]
    for agency in agencies:
        cells = "".join(f"{_cell(tally):>19}" for tally in agency.tallies)
        lines.append(f"{agency.name[: _NAME_WIDTH - 1]:<{_NAME_WIDTH}}{cells}")
    return "\n".join([*lines, "Excused lateness counts as late here."])


def _cell(tally: Tally) -> str:
    return f"{_percent(tally.share_of_due)} of {tally.due}" if tally.due else "–"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f} %"
