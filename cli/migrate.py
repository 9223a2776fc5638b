"""`ehc migrate`: running cases go over to another version of their process."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import click

from cli.opening import opened, the_authority
from engine.application import Engine
from engine.services.batches import batch_runs, batches
from engine.services.batches.batch_requests import request_migration
from engine.services.principals import Principal, find_member, principal_of
from engine.services.processes.migration_plans import Plan, Step, generate
from engine.services.processes.migration_rehearsals import rehearse
from engine.services.processes.migration_requests import validate_plan
from engine.services.processes.migrations import Migration, definitions_for
from engine.services.processes.views_of_moves import VerdictView

#: Instances of one page of a dry run.
_PAGE = 100


@click.command()
@click.option("--from", "source", type=int, required=True, help="Key of the version they run on.")
@click.option("--to", "target", type=int, required=True, help="Key of the version they go to.")
@click.option("--person", required=True, help="The process owner or administrator who does it.")
@click.option("--reason", default="", help="Why; without it this is a dry run.")
@click.option(
    "--map", "mapped", multiple=True, metavar="ELEMENT=ELEMENT", help="A line of the plan, changed by hand."
)
@click.option(
    "--plan",
    "plan_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A plan of /migrations/generate, as JSON, in place of the generated one.",
)
@click.option("--instance", "instances", multiple=True, help="Only this instance; repeatable.")
@click.option("--authority", help="Three-digit code, where the database holds several.")
def migrate(
    source: int,
    target: int,
    person: str,
    reason: str,
    mapped: tuple[str, ...],
    plan_file: Path | None,
    instances: tuple[str, ...],
    authority: str | None,
) -> None:
    """Carry running cases over to another version of their process.

    Without --reason nothing is changed: every case is tried, and it is said which are safe, which need a
    choice and which can't go over, and why.

    Example: ehc migrate --from 3 --to 18 --person "Priya Nair" --reason "The new form"
    """
    with opened() as engine:
        code = the_authority(engine, authority)
        member = find_member(engine, code, person=person)
        with engine.database.read() as connection:
            who = principal_of(connection, member.membership_key)
        plan = _by_hand(_plan(engine, code, source, target, plan_file), mapped)
        for finding in validate_plan(engine, who, plan).findings:
            click.echo(f"{finding.severity}: {finding.message} {finding.remedy}", err=True)
        named = list(instances) or None
        if reason.strip():
            _execute(engine, who, plan, reason, named)
        else:
            _rehearse(engine, who, plan, named)


def _plan(engine: Engine, authority: str, source: int, target: int, file: Path | None) -> Plan:
    if file is not None:
        sent: dict[str, Any] = json.loads(file.read_text())
        steps = tuple(Step(each["processId"], each["source"], each["target"]) for each in sent["elements"])
        processes = {each["source"]: each["target"] for each in sent.get("processes", ())}
        return Plan(source, target, steps, processes, sent.get("recalculateTimers", False))
    with engine.database.read() as connection:
        return generate(*definitions_for(engine, connection, authority, Plan(source, target, ())))


def _by_hand(plan: Plan, mapped: tuple[str, ...]) -> Plan:
    changes = {source: target for source, _, target in (each.partition("=") for each in mapped)}
    unknown = changes.keys() - {step.source for step in plan.steps}
    if unknown:
        raise click.BadParameter(f"The former version has no element {', '.join(sorted(unknown))}.")
    steps = tuple(
        Step(step.process_id, step.source, changes.get(step.source, step.target) or None)
        for step in plan.steps
    )
    return Plan(plan.source_key, plan.target_key, steps, plan.processes, plan.recalculate)


def _rehearse(engine: Engine, who: Principal, plan: Plan, instances: list[str] | None) -> None:
    counted: Counter[str] = Counter()
    cursor: str | None = None
    while True:
        page = rehearse(engine, who, Migration(plan), instance_keys=instances, limit=_PAGE, cursor=cursor)
        for verdict in page.items:
            counted[verdict.verdict] += 1
            _say(verdict)
        cursor = page.page.end_cursor
        if cursor is None:
            break
    words = ", ".join(f"{counted[kind]} {said}" for kind, said in _KINDS.items())
    click.echo(f"{words}. Nothing was changed: give --reason to do it.")


_KINDS = {"safe": "safe", "needs_choice": "need a choice", "cannot": "can't go over"}


def _say(verdict: VerdictView) -> None:
    if verdict.verdict == "safe":
        return
    click.echo(f"{verdict.process_instance_key}: {_KINDS[verdict.verdict]}. {' '.join(verdict.why)}")
    for choice in verdict.choices:
        offered = ", ".join(f"{each.element_id} ({each.how})" for each in choice.offered)
        click.echo(
            f"    {choice.element_id}: {offered or 'nothing alike; choose any element of the process'}"
        )


def _execute(engine: Engine, who: Principal, plan: Plan, reason: str, instances: list[str] | None) -> None:
    made = request_migration(engine, who, Migration(plan), reason, instance_keys=instances)
    batch_runs.run_to_the_end(engine, made.key)
    ended = batches.get_batch(engine, who, made.key)
    click.echo(f"Batch {ended.key}: {ended.done} of {ended.total} went over, {ended.failed} couldn't.")
    for item in batches.list_items(engine, who, made.key, state="failed", limit=200).items:
        click.echo(f"{item.process_instance_key}: {item.problem}", err=True)
    if ended.failed:
        raise click.exceptions.Exit(1)
