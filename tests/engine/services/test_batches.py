"""Work on many cases at once: each item by itself, stopped and gone on with, and never done twice."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest

from engine.errors import BadInput, Conflict, NotFound, NotPermitted, VersionMismatch
from engine.scheduler import Scheduler
from engine.services.batches import batch_runs, batches
from engine.services.batches.batch_requests import request_batch, request_migration
from engine.services.batches.views_of_batches import BatchView
from engine.services.processes.migration_plans import generate
from engine.services.processes.migrations import Migration
from engine.store import tables
from engine.store.batch_tables import batch_item, instance_migration
from tests.engine.services.drawing import start
from tests.engine.services.edited import shipped
from tests.engine.services.newer import definition, deployed, newer_plan, relabelled
from tests.engine.services.rows import count, differences, events, rows
from tests.support.desk import CaseDesk, Desk
from tests.support.together import at_once

REASON = "A newer version."


def run(desk: Desk) -> None:
    while batch_runs.run_slice(desk.engine):
        pass


def seen(desk: Desk, made: BatchView) -> BatchView:
    return batches.get_batch(desk.engine, desk.member("process_owner"), made.key)


def states(desk: Desk, made: BatchView) -> list[str]:
    return [row.state for row in rows(desk, batch_item, batch_key=int(made.key))]


def renaming(desk: Desk) -> Migration:
    """Deploy the request's process with another name for its first task; how to get there."""
    old = definition(desk, "request_to_plan")
    content = relabelled(shipped("request_to_plan.bpmn"), "Register request", "Note request")
    deployed(desk, request_to_plan=content)
    return Migration(generate(old, definition(desk, "request_to_plan")))


def test_all_of_a_version_go_over_and_those_that_cant_say_why(either_desk: Desk) -> None:
    desk, owner = either_desk, either_desk.member("process_owner")
    cases = [desk.request() for _ in range(3)]
    cases[1].until("collate_evidence")
    migration = newer_plan(desk)
    lacking = tuple(step for step in migration.plan.steps if step.source != "collate_evidence")
    migration = Migration(replace(migration.plan, steps=lacking))
    made = request_migration(desk.engine, owner, migration, REASON)
    assert (made.state, made.total, made.waiting) == ("running", 3, 3)
    run(desk)
    ended = seen(desk, made)
    assert (ended.state, ended.done, ended.failed) == ("completed", 2, 1)
    assert "register_request_anew" in cases[0].waiting()
    (failed,) = batches.list_items(desk.engine, owner, made.key, state="failed").items
    assert failed.process_instance_key == cases[1].instance_key
    assert failed.problem
    assert "Collate request evidence" in failed.problem
    assert differences(desk) == []


def test_undone_together_where_they_havent_moved(desk: Desk) -> None:
    owner = desk.member("process_owner")
    cases = [desk.request() for _ in range(2)]
    request_migration(desk.engine, owner, renaming(desk), REASON)
    run(desk)
    assert {case.task("register_request").name for case in cases} == {"Note request"}
    cases[0].complete("register_request")
    keys = [case.instance_key for case in cases]
    made = request_batch(desk.engine, owner, "undo_migration", REASON, process_instance_keys=keys)
    run(desk)
    assert states(desk, made) == ["failed", "done"]
    assert cases[1].task("register_request").name == "Register request"


def test_a_batch_of_one_is_done_before_it_is_answered(case: CaseDesk) -> None:
    desk, owner = case.desk, case.desk.member("process_owner")
    migration = renaming(desk)
    made = request_migration(desk.engine, owner, migration, REASON, instance_keys=[case.instance_key])
    assert (made.state, made.done) == ("completed", 1)


def test_paused_gone_on_with_and_left(desk: Desk) -> None:
    owner, engine = desk.member("process_owner"), desk.engine
    keys = [desk.request().instance_key for _ in range(5)]
    made = request_batch(engine, owner, "suspend", REASON, process_instance_keys=keys)
    assert batch_runs.run_slice(engine, most=2) == 2
    assert batches.pause(engine, owner, made.key).done == 2
    assert batch_runs.run_slice(engine) == 0
    with pytest.raises(Conflict, match="is paused"):
        batches.pause(engine, owner, made.key)
    with pytest.raises(VersionMismatch):
        batches.go_on(engine, owner, made.key, 1)
    batches.go_on(engine, owner, made.key)
    assert batch_runs.run_slice(engine, most=1) == 1
    stopped = batches.stop(engine, owner, made.key)
    assert (stopped.state, stopped.done, stopped.cancelled) == ("cancelled", 3, 2)
    run(desk)
    assert states(desk, made) == ["done"] * 3 + ["cancelled"] * 2
    with pytest.raises(Conflict, match="is cancelled"):
        batches.go_on(engine, owner, made.key)


def test_after_a_crash_an_item_is_done_once(either_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is cut off before its commit leaves nothing, and is done by whoever comes next."""
    desk, owner = either_desk, either_desk.member("process_owner")
    cases = [desk.request() for _ in range(2)]
    made = request_migration(desk.engine, owner, renaming(desk), REASON)

    class PowerCut(BaseException):
        pass

    def cut(*_: object) -> None:
        raise PowerCut

    with monkeypatch.context() as patched:
        patched.setattr(desk.engine.clock, "now", desk.engine.clock.now)
        act = batch_runs._ACTS["migrate"]
        patched.setitem(batch_runs._ACTS, "migrate", lambda *given: (act(*given), cut()))
        with pytest.raises(PowerCut):
            batch_runs.run_slice(desk.engine)
    assert states(desk, made) == ["waiting", "waiting"]
    assert count(desk, instance_migration) == 0
    run(desk)
    assert states(desk, made) == ["done", "done"]
    assert count(desk, instance_migration) == 2
    assert [len(events(case, "process:migrated")) for case in cases] == [1, 1]


def test_several_at_work_do_each_item_once(either_desk: Desk) -> None:
    desk, owner = either_desk, either_desk.member("process_owner")
    cases = [desk.request() for _ in range(8)]
    made = request_migration(desk.engine, owner, renaming(desk), REASON)
    at_once([lambda: run(desk)] * 3)
    run(desk)
    assert states(desk, made) == ["done"] * 8
    assert seen(desk, made).state == "completed"
    assert [len(events(case, "process:migrated")) for case in cases] == [1] * 8
    assert differences(desk) == []


def test_what_fails_unexpectedly_holds_up_no_other(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = desk.member("process_owner")
    keys = [desk.request().instance_key for _ in range(2)]
    act = batch_runs._ACTS["suspend"]

    def broken(engine, principal, item) -> None:
        if str(item.instance_key) == keys[0]:
            raise RuntimeError("Ada Example")
        act(engine, principal, item)

    monkeypatch.setitem(batch_runs._ACTS, "suspend", broken)
    made = request_batch(desk.engine, owner, "suspend", REASON, process_instance_keys=keys)
    run(desk)
    (failed,) = batches.list_items(desk.engine, owner, made.key, state="failed").items
    assert failed.problem == "It failed unexpectedly (RuntimeError); nothing was changed."
    assert states(desk, made) == ["failed", "done"]


def test_suspend_resume_cancel_and_retry(small_case: CaseDesk) -> None:
    desk, owner = small_case.desk, small_case.desk.member("process_owner")
    keys = [str(start(small_case, "asks")) for _ in range(2)]
    for kind in ("suspend", "resume", "cancel"):
        made = request_batch(desk.engine, owner, kind, REASON, process_instance_keys=keys)
        run(desk)
        assert states(desk, made) == ["done", "done"], kind
    assert {row.status for row in rows(desk, tables.instance) if str(row.key) in keys} == {"cancelled"}
    failing = str(start(small_case, "fails_when_due"))
    made = request_batch(desk.engine, owner, "retry", REASON, process_instance_keys=[failing])
    assert "no open incident" in str(batches.list_items(desk.engine, owner, made.key).items[0].problem)
    desk.step_to(desk.clock.today().replace(day=desk.clock.today().day + 2))
    made = request_batch(desk.engine, owner, "retry", REASON, process_instance_keys=[failing])
    assert (made.state, made.done) == ("completed", 1)


def test_tasks_go_to_somebody_who_may_do_them(desk: Desk) -> None:
    owner = desk.member("process_owner")
    cases = [desk.request() for _ in range(2)]
    cases[0].complete("register_request")
    advice = cases[0].task("early_information", "icb")
    tasks = [cases[1].task("register_request"), advice]
    colleague = desk.all_with("caseworker")[1]
    made = request_batch(
        desk.engine,
        owner,
        "reassign",
        "Somebody is ill.",
        task_keys=[task.key for task in tasks],
        assignee_key=str(colleague.membership_key),
    )
    run(desk)
    assert states(desk, made) == ["done", "failed"]
    assert cases[1].task("register_request").assignee == colleague.person_name


def test_what_cant_be_asked(desk: Desk) -> None:
    owner, engine = desk.member("process_owner"), desk.engine
    case = desk.request()
    with pytest.raises(BadInput, match="nothing with the key"):
        request_batch(engine, owner, "suspend", REASON, process_instance_keys=["999999"])
    with pytest.raises(BadInput, match="one of the three"):
        request_batch(engine, owner, "suspend", REASON)
    with pytest.raises(BadInput, match="Tasks are named"):
        request_batch(engine, owner, "reassign", REASON, process_instance_keys=[case.instance_key])
    with pytest.raises(BadInput, match="Say why"):
        request_batch(engine, owner, "suspend", " ", process_instance_keys=[case.instance_key])
    with pytest.raises(NotPermitted):
        request_batch(
            engine, desk.member("caseworker"), "suspend", REASON, process_instance_keys=[case.instance_key]
        )
    with pytest.raises(NotFound):
        batches.get_batch(engine, owner, "999999")


def test_the_scheduler_does_them_between_two_looks(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    worked, act = threading.Semaphore(0), batch_runs._ACTS["suspend"]

    def seen(*given: Any) -> None:
        act(*given)
        worked.release()

    monkeypatch.setitem(batch_runs._ACTS, "suspend", seen)
    keys = [desk.request().instance_key for _ in range(3)]
    made = request_batch(
        desk.engine, desk.member("process_owner"), "suspend", REASON, process_instance_keys=keys
    )
    scheduler = Scheduler(desk.engine)
    scheduler.start()
    try:
        assert all(worked.acquire(timeout=60) for _ in keys)
    finally:
        scheduler.stop()
    assert states(desk, made) == ["done"] * 3
