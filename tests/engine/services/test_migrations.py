"""Running cases go over to a newer version of their process, and end there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BadInput, Conflict, NotPermitted
from engine.services.cases import corrections
from engine.services.processes import migrations
from engine.services.processes.migration_checks import findings_of
from engine.services.processes.migration_plans import Plan, Step, generate
from engine.services.processes.migration_rehearsals import rehearse
from engine.services.processes.migrations import Migration, forget_former_states
from engine.spiff import Restart
from engine.store import tables
from tests.engine.services.drawing import deploy_small, for_people, start
from tests.engine.services.edited import shipped
from tests.engine.services.newer import (
    REQUEST,
    definition,
    deployed,
    newer_plan,
    relabelled,
    without_element,
)
from tests.engine.services.rows import differences, events, rows
from tests.engine.spiff.sketch import Process, Sketch, each, event, timer
from tests.support.desk import CaseDesk, Desk, opened_desk

#: Tasks from a request to the draft that the family considers.
ALL_STEPS = 27


def migrated(case: CaseDesk, migration: Migration, instance: int | str = "") -> None:
    who = case.desk.member("process_owner")
    key = str(instance or case.instance_key)
    migrations.migrate(case.desk.engine, who, key, migration, "A newer version.")


def tasks_of(case: CaseDesk) -> list[tuple[object, ...]]:
    return [
        (task.key, task.assignee, task.creation_date, task.due_date, task.organisation, task.state)
        for task in case.tasks()
    ]


def timers_of(case: CaseDesk) -> dict[int, object]:
    return {row.token: row.due_at for row in rows(case.desk, tables.timer) if row.case_key == int(case.key)}


@pytest.fixture(scope="module")
def at_every_wait(databases):
    """A case at each wait of the process, and the way to its newer version."""
    with databases.migrated("sqlite") as url, opened_desk(url) as desk:
        cases = [desk.request() for _ in range(ALL_STEPS + 1)]
        for done, case in enumerate(cases):
            for _ in range(done):
                case.do_one()
        yield desk, cases, newer_plan(desk)


def test_from_every_wait_a_case_goes_over_and_ends_in_the_newer_version(
    at_every_wait: tuple[Desk, Sequence[CaseDesk], Migration],
) -> None:
    desk, cases, migration = at_every_wait
    foreseen = rehearse(desk.engine, desk.member("process_owner"), migration, limit=200)
    assert {verdict.verdict for verdict in foreseen.items} == {"safe"}
    assert len(foreseen.items) == len(cases)
    for case in cases:
        before = tasks_of(case), timers_of(case), case.deadlines()
        migrated(case, migration)
        assert (tasks_of(case), timers_of(case), case.deadlines()) == before
    assert differences(desk) == []
    for case in cases:
        case.finish()
    desk.step_to(desk.clock.today() + timedelta(days=30))
    for case in cases:
        case.until("sign_plan")
        case.finish()
    assert {case.status for case in cases} == {"plan_issued"}
    assert differences(desk) == []


@settings(max_examples=15, deadline=None)
@given(done=st.integers(0, ALL_STEPS), order=st.randoms(use_true_random=False))
def test_from_any_position_too(
    at_every_wait: tuple[Desk, Sequence[CaseDesk], Migration], done: int, order
) -> None:
    """Tasks done in any order; there and back, then on to where nothing is left to do today."""
    desk, _, forth = at_every_wait
    old, new = forth.plan.source_key, forth.plan.target_key
    case = desk.request()
    for _ in range(done):
        if waiting := sorted(case.waiting()):
            case.complete_all(order.choice(waiting))
    back = replace(
        forth.plan,
        source_key=new,
        target_key=old,
        steps=tuple(Step(s.process_id, s.target, s.source) for s in forth.plan.steps if s.target),
    )
    before = tasks_of(case), timers_of(case), case.deadlines()
    migrated(case, Migration(back))
    migrated(case, forth)
    assert (tasks_of(case), timers_of(case), case.deadlines()) == before
    case.finish()
    assert [found for found in differences(desk) if found.case_key == int(case.key)] == []


def test_name_form_and_candidates_are_the_new_versions_and_a_corrected_anchor_moves_its_days(
    desk: Desk,
) -> None:
    case = desk.request()
    case.until("decide_assess")
    old = definition(desk, "request_to_plan")
    changed = relabelled(shipped(REQUEST), "Decide whether to assess", "Assess or not?")
    deployed(desk, request_to_plan=changed)
    migrated(case, Migration(generate(old, definition(desk, "request_to_plan"))))
    assert case.task("decide_assess").name == "Assess or not?"
    due = case.task("decide_assess").due_date
    earlier = desk.clock.today() - timedelta(days=7)
    who = desk.member("caseworker")
    corrections.correct_anchor(desk.engine, who, case.key, "request_received_on", earlier, "A slip.")
    assert case.task("decide_assess").due_date == due - timedelta(days=7)
    assert differences(desk) == []


def small(desk: Desk, before: Process, after: Process) -> tuple[CaseDesk, int, Plan]:
    """A case with an instance of a small process, and the plan to its newer version."""
    deploy_small(desk, before)
    case = desk.request()
    instance = start(case, before.name)
    old = definition(desk, before.name)
    deploy_small(desk, after)
    return case, instance, generate(old, definition(desk, after.name))


def asking(*names: str) -> Process:
    return Process("p").start().user(*names, extra=for_people())


def test_an_event_that_was_added_beside_a_task_waits_from_now_on(either_desk: Desk) -> None:
    before = asking("a").end().path("s a e")
    after = asking("a", "b").end("e", "e2").beside("late", "a", timer("P1D")).path("s a e").path("late b e2")
    case, instance, plan = small(either_desk, before, after)
    kinds = {
        found.rule
        for found in findings_of(
            plan, definition_at(either_desk, plan.source_key), definition(either_desk, "p")
        )
    }
    assert "begins-to-wait" in kinds
    migrated(case, Migration(plan), instance)
    assert differences(either_desk) == []
    either_desk.step_to(either_desk.clock.today() + timedelta(days=2))
    assert "b" in case.waiting()
    assert "a" not in case.waiting()


def definition_at(desk: Desk, key: int):
    with desk.engine.database.read() as connection:
        return desk.engine.definitions.get(connection, key)


def test_an_event_that_is_gone_waits_no_more_and_one_that_came_doesnt_come_again(desk: Desk) -> None:
    def beside(*, later: str = "") -> Process:
        more = () if later else ("c", "e3")
        process = asking("a", "b", *more[:1]).end("e", "e2", *more[1:]).path("s a e").path("once b e2")
        process.beside("once", "a", timer("P1D"), interrupting=False)
        return (
            process.beside("late", "a", timer("P9D"), interrupting=False).path("late c e3")
            if not later
            else process
        )

    case, instance, plan = small(desk, beside(), beside(later="gone"))
    desk.step_to(desk.clock.today() + timedelta(days=2))
    migrated(case, Migration(plan), instance)
    assert timers_of(case) == {k: v for k, v in timers_of(case).items() if v is not None}
    assert "late" not in {row.element_id for row in rows(desk, tables.timer)}
    desk.step_to(desk.clock.today() + timedelta(days=20))
    assert [task.element_id for task in case.tasks() if task.element_id == "b"] == ["b"]
    assert "c" not in case.waiting()
    assert differences(desk) == []


def test_a_timer_keeps_its_time_unless_it_is_worked_out_again(desk: Desk) -> None:
    before = Process("p").start().catch("wait", timer("P10D")).end().path("s wait e")
    after = Process("p").start().catch("wait", timer("P3D")).end().path("s wait e")
    case, instance, plan = small(desk, before, after)
    due = [row.due_at for row in rows(desk, tables.timer) if row.instance_key == instance]
    migrated(case, Migration(plan), instance)
    assert [row.due_at for row in rows(desk, tables.timer) if row.instance_key == instance] == due
    other = desk.request()
    second = start(other, "p")
    again = replace(plan, source_key=plan.target_key, target_key=plan.source_key, recalculate=True)
    desk.step_to(desk.clock.today() + timedelta(days=1))
    migrated(other, Migration(again), second)
    assert [row.due_at for row in rows(desk, tables.timer) if row.instance_key == second] == [
        due[0] + timedelta(days=1)
    ]


def test_a_message_keeps_its_key_and_has_the_new_versions_name(desk: Desk) -> None:
    before = Process("p").start().catch("hear", event("message", "m")).end().path("s hear e")
    after = Process("p").start().catch("hear", event("message", "m2")).end().path("s hear e")
    case, instance, plan = small(desk, before, after)
    kept = [row.correlation_key for row in rows(desk, tables.subscription)]
    migrated(case, Migration(plan), instance)
    assert [(row.message, row.correlation_key) for row in rows(desk, tables.subscription)] == [
        ("m2", kept[0])
    ]


def test_where_a_task_has_no_place_a_choice_is_asked_for(desk: Desk) -> None:
    case = desk.request()
    case.until("collate_evidence")
    old = definition(desk, "request_to_plan")
    deployed(desk, request_to_plan=without_element(shipped(REQUEST), "collate_evidence"))
    plan = generate(old, definition(desk, "request_to_plan"))
    owner = desk.member("process_owner")
    (verdict,) = rehearse(desk.engine, owner, Migration(plan)).items
    assert verdict.verdict == "needs_choice"
    (choice,) = verdict.choices
    assert (choice.element_id, [offer.how for offer in choice.offered]) == (
        "collate_evidence",
        ["start_before"],
    )
    with pytest.raises(BadInput, match="has no place"):
        migrated(case, Migration(plan))
    chosen = Migration(plan, (Restart("request_to_plan", "collate_evidence", choice.offered[0].element_id),))
    assert [each.verdict for each in rehearse(desk.engine, owner, chosen).items] == ["safe"]
    limits = case.deadlines()
    migrated(case, chosen)
    assert case.deadlines() == limits
    assert {"decide_assess", "family_views_request"} <= case.waiting()
    assert differences(desk) == []


def test_it_is_undone_while_it_hasnt_moved(either_case: CaseDesk) -> None:
    case, desk = either_case, either_case.desk
    case.complete("register_request")
    owner = desk.member("process_owner")
    before = tasks_of(case), timers_of(case), [task.name for task in case.tasks()]
    old = definition(desk, "request_to_plan")
    deployed(desk, request_to_plan=without_element(shipped(REQUEST), "collate_evidence"))
    plan = generate(old, definition(desk, "request_to_plan"))
    chosen = Migration(plan, (Restart("request_to_plan", "collate_evidence", "decide_assess"),))
    migrated(case, chosen)
    assert "collate_evidence" not in case.waiting()
    back = migrations.undo(desk.engine, owner, case.instance_key, "It was wrong.")
    assert back.definition_key == str(plan.source_key)
    assert (tasks_of(case), timers_of(case), [task.name for task in case.tasks()]) == before
    assert differences(desk) == []
    with pytest.raises(Conflict, match="no migration"):
        migrations.undo(desk.engine, owner, case.instance_key, "Again.")
    case.finish()
    assert differences(desk) == []
    assert len(events(case, "process:migrated")) == len(events(case, "migration:undone")) == 1


def test_it_isnt_undone_once_it_has_moved_or_after_a_while(case: CaseDesk) -> None:
    desk, owner = case.desk, case.desk.member("process_owner")
    migration, other = newer_plan(desk), desk.request()
    with pytest.raises(Conflict, match="no migration"):
        migrations.undo(desk.engine, owner, other.instance_key, "x")
    migrated(case, migration)
    case.complete("register_request_anew")
    with pytest.raises(Conflict, match="has moved"):
        migrations.undo(desk.engine, owner, case.instance_key, "x")
    desk.jump_to(desk.clock.today() + timedelta(days=40))
    assert forget_former_states(desk.engine) == 1
    with pytest.raises(Conflict, match="no migration"):
        migrations.undo(desk.engine, owner, case.instance_key, "x")


def test_an_iteration_goes_over_and_another_way_of_repeating_is_refused(desk: Desk) -> None:
    def looping(*, sequential: bool) -> Process:
        process = (
            Process("p")
            .start()
            .user("a", loop=each("[1, 2, 3]", "i", sequential=sequential), extra=for_people())
        )
        return process.end().path("s a e")

    case, instance, plan = small(desk, looping(sequential=False), looping(sequential=True))
    case.do_one(but=("register_request",))
    (verdict,) = rehearse(desk.engine, desk.member("process_owner"), Migration(plan)).items
    assert verdict.verdict == "cannot"
    assert "same kind" in verdict.why[0]
    with pytest.raises(BadInput, match="same kind"):
        migrated(case, Migration(plan), instance)


def test_a_join_that_could_never_fill_there_is_told_of(desk: Desk) -> None:
    def joining(*, third: bool) -> Process:
        names = ("a", "b", "c") if third else ("a", "b")
        process = asking(*names).gate("parallel", "split", "join").end().path("s split").path("join e")
        for name in names:
            process.path(f"split {name} join")
        return process

    _, _, plan = small(desk, joining(third=False), joining(third=True))
    (verdict,) = rehearse(desk.engine, desk.member("process_owner"), Migration(plan)).items
    assert (verdict.verdict, "waits for all its 3" in verdict.why[0]) == ("cannot", True)


@pytest.mark.parametrize(
    ("lines", "rule"),
    [
        ([Step("p", "a", "b"), Step("p", "b", "b")], "mapped-twice"),
        ([Step("p", "a", "e")], "doesnt-agree"),
        ([Step("p", "a", "nowhere")], "unknown-element"),
        ([Step("p", "gone", "a")], "unknown-element"),
        ([Step("p", "a", "inside")], "doesnt-agree"),
    ],
)
def test_a_plan_that_cant_be_right_is_refused(desk: Desk, lines: list[Step], rule: str) -> None:
    def drawn() -> Process:
        inner = Sketch().start("is").user("inside", extra=for_people()).end("ie").path("is inside ie")
        return asking("a", "b").sub("sub", inner).end().path("s a b sub e")

    case, instance, plan = small(desk, drawn(), drawn().user("c", extra=for_people()).path("a c e"))
    wrong = replace(plan, steps=tuple(lines))
    found = findings_of(wrong, definition_at(desk, plan.source_key), definition_at(desk, plan.target_key))
    assert rule in {each.rule for each in found if each.severity == "error"}
    with pytest.raises(BadInput, match="can't be right"):
        migrated(case, Migration(wrong), instance)


def test_another_process_takes_over(desk: Desk) -> None:
    deploy_small(desk, asking("a").end().path("s a e"))
    case = desk.request()
    instance = start(case, "p")
    other = Process("q").start().user("a", "b", extra=for_people()).end().path("s a b e")
    old = definition(desk, "p")
    deploy_small(desk, other)
    migrated(case, Migration(generate(old, definition(desk, "q"))), instance)
    case.complete("a")
    assert "b" in case.waiting()
    assert differences(desk) == []


def test_what_waits_for_a_condition_or_a_choice_of_events_goes_over(desk: Desk) -> None:
    def choosing(*, three: bool) -> Process:
        process = asking("a").gate("eventBased", "choice").end("e", "e2", *(["e3"] if three else []))
        process.catch("one", timer("P5D")).catch("two", event("message", "m"))
        process.path("s choice one a e").path("choice two e2")
        return process.catch("three", timer("P2D")).path("choice three e3") if three else process

    case, instance, plan = small(desk, choosing(three=False), choosing(three=True))
    migrated(case, Migration(plan), instance)
    assert {"one", "three"} <= {row.element_id for row in rows(desk, tables.timer)}
    desk.step_to(desk.clock.today() + timedelta(days=3))
    assert {"one", "three"} & {row.element_id for row in rows(desk, tables.timer)} == set()
    assert rows(desk, tables.subscription) == []
    assert differences(desk) == []


def test_who_may(case: CaseDesk) -> None:
    migration = newer_plan(case.desk)
    who = case.desk.member("caseworker")
    with pytest.raises(NotPermitted):
        migrations.migrate(case.desk.engine, who, case.instance_key, migration, "x")
    with pytest.raises(NotPermitted):
        rehearse(case.desk.engine, who, migration)
