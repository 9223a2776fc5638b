"""Tokens are moved by hand: shown first, refused where it can't be right, and no limit of law is lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BadInput, Conflict, NotFound, NotPermitted, VersionMismatch
from engine.services.processes import modification
from engine.services.processes.views_of_moves import MovedView
from engine.spiff import Move
from tests.engine.services.drawing import deploy_small, for_people, start
from tests.engine.services.newer import definition
from tests.engine.services.rows import differences, everything
from tests.engine.spiff.sketch import Process, Sketch, each, timer
from tests.support.desk import CaseDesk, Desk, opened_desk


def moved(case: CaseDesk, *moves: Move, instance: int | str = "", dry_run: bool = False) -> MovedView:
    who = case.desk.member("process_owner")
    key = str(instance or case.instance_key)
    return modification.modify(case.desk.engine, who, key, moves, "It went astray.", dry_run=dry_run)


def test_a_dry_run_shows_what_it_would_do_and_keeps_nothing(either_case: CaseDesk) -> None:
    case = either_case
    case.complete("register_request")
    before = everything(case.desk)
    skip = Move("cancel", "collate_evidence"), Move("start_before", "decide_assess")
    shown = moved(case, *skip, dry_run=True)
    assert everything(case.desk) == before
    assert not shown.applied
    assert [task.element_id for task in shown.tasks_cancelled] == ["collate_evidence"]
    assert [task.element_id for task in shown.tasks_created] == ["decide_assess"]
    assert [timer.element_id for timer in shown.timers] == ["decide_assess_overdue"]
    done = moved(case, *skip)
    assert done.applied
    assert done.tasks_created == shown.tasks_created
    assert "decide_assess" in case.waiting()
    assert "collate_evidence" not in case.waiting()
    assert differences(case.desk) == []


def test_no_limit_of_law_is_lost_by_it(case: CaseDesk) -> None:
    for element in ("register_request", "collate_evidence"):
        case.complete(element)
    before = case.deadlines()
    shown = moved(case, Move("cancel", "decide_assess"), Move("start_before", "collate_evidence"))
    assert case.deadlines() == before
    assert [(limit.rule, limit.effect) for limit in shown.limits] == [("reg5_decide_to_assess", "unattended")]
    case.complete("collate_evidence")
    assert case.task("decide_assess").due_date == case.deadline("reg5_decide_to_assess").due_on


def test_one_more_item_joins_those_under_way(case: CaseDesk) -> None:
    case.complete("register_request")
    moved(
        case,
        Move("start_before", "early_information", item={"agency": "camhs", "role": "professional"}),
    )
    assert case.task("early_information", "camhs")
    assert differences(case.desk) == []
    case.until("decide_plan", decide_assess={"assess": True})


def test_one_item_is_taken_out_and_the_others_go_on(case: CaseDesk) -> None:
    case.complete("register_request")
    shown = moved(case, Move("start_before", "early_information", item={"agency": "camhs", "role": "x"}))
    token = next(place.token for place in reversed(shown.after) if place.iteration)
    moved(case, Move("cancel", "early_information", token=token))
    assert {task.organisation for task in case.tasks() if task.element_id == "early_information"} == {
        "icb",
        "social_care",
        "urn:103001",
    }


@pytest.mark.parametrize(
    ("moves", "why"),
    [
        ([Move("cancel", "decide_plan")], "No token stands at “decide_plan”"),
        ([Move("start_before", "no_such")], "There is no element “no_such”"),
        ([Move("start_before", "assessment_complete")], "would wait there for ever"),
        ([Move("start_before", "give_advice", process_id="advice")], "lies in nothing that is open"),
        ([Move("start_before", "decide_assess_overdue")], "waits beside an activity"),
        ([Move("start_after", "assess_outcome")], "chooses between several ways"),
        ([Move("start_before", "decide_assess", item=1)], "isn't under way for several items"),
        ([Move("start_before", "gather_advice")], "reads advisersToSeek"),
        ([Move("start_after", "family_evidence")], "could never end"),
    ],
)
def test_what_cant_be_right_is_refused_in_words(case: CaseDesk, moves: list[Move], why: str) -> None:
    case.complete("register_request")
    before = everything(case.desk)
    with pytest.raises(BadInput, match=why):
        moved(case, *moves)
    assert everything(case.desk) == before


def test_nothing_may_be_left_to_do(small_case: CaseDesk) -> None:
    instance = start(small_case, "asks")
    with pytest.raises(BadInput, match="Nothing would be left"):
        moved(small_case, Move("cancel", "ask"), instance=instance)


def test_a_step_that_would_fail_is_no_incident(small_case: CaseDesk) -> None:
    instance = start(small_case, "fails_when_asked")
    before = everything(small_case.desk)
    with pytest.raises(Conflict, match="a step that would follow fails"):
        moved(small_case, Move("start_after", "ask", variables={"ready": None}), instance=instance)
    assert everything(small_case.desk) == before


def test_a_variable_that_is_missing_is_sent_with_the_move(desk: Desk) -> None:
    who = for_people("=whom")
    process = Process("p").start().node("userTask", "a", for_people()).node("userTask", "b", who).end()
    deploy_small(desk, process.path("s a b e"))
    case = desk.request()
    instance = start(case, "p")
    with pytest.raises(BadInput, match="reads whom"):
        moved(case, Move("start_before", "b"), instance=instance)
    moved(case, Move("start_before", "b", variables={"whom": "caseworker"}), instance=instance)
    assert case.task("b").candidate_groups == ["caseworker"]


def test_inside_several_the_place_is_named(desk: Desk) -> None:
    inner = Sketch().start("is").user("a", "b", extra=for_people()).end("ie").path("is a b ie")
    process = Process("p").start().sub("sub", inner, each("[1, 2]", "item")).end().path("s sub e")
    deploy_small(desk, process)
    case = desk.request()
    instance = start(case, "p")
    with pytest.raises(BadInput, match="2 places that are open at once"):
        moved(case, Move("start_before", "b"), instance=instance)
    shown = moved(case, Move("cancel", "a"), Move("start_before", "sub"), instance=instance, dry_run=True)
    holders = sorted({place.scope for place in shown.before if place.scope})
    moved(case, Move("start_before", "b", scope=holders[1]), instance=instance)
    assert sorted(task.element_id for task in case.tasks() if task.element_id in "ab") == ["a", "a", "b"]
    case.complete_all("a", "b")
    assert differences(case.desk) == []


def test_what_is_beside_an_activity_goes_with_it(desk: Desk) -> None:
    process = Process("p").start().user("a", "b", extra=for_people()).end("e", "e2")
    process.beside("late", "a", timer("P1D"), interrupting=False).path("s a e").path("late b e2")
    deploy_small(desk, process)
    case = desk.request()
    instance = start(case, "p")
    shown = moved(case, Move("cancel", "a"), Move("start_before", "b"), instance=instance)
    assert [timer.element_id for timer in shown.timers] == ["late"]
    case.complete("b")
    assert differences(case.desk) == []


def test_who_may_and_on_what(case: CaseDesk) -> None:
    engine, moves = case.desk.engine, [Move("start_before", "register_request")]
    owner = case.desk.member("process_owner")
    with pytest.raises(NotPermitted):
        modification.modify(engine, case.desk.member("caseworker"), case.instance_key, moves, "x")
    with pytest.raises(NotFound):
        modification.modify(engine, owner, "987654", moves, "x")
    with pytest.raises(BadInput, match="Say why"):
        modification.modify(engine, owner, case.instance_key, moves, " ")
    with pytest.raises(VersionMismatch):
        modification.modify(engine, owner, case.instance_key, moves, "x", version=77)


ELEMENTS = st.sampled_from(
    [
        "register_request",
        "collate_evidence",
        "early_information",
        "family_views_request",
        "decide_assess",
        "choose_advice",
        "family_evidence",
        "outcomes_meeting",
        "decide_plan",
        "prepare_draft",
        "choose_settings",
        "decide_setting",
        "assessment_complete",
        "list_advisers",
        "send_decision_to_assess",
        "draft_in_hand",
    ]
)
KINDS = st.sampled_from(["cancel", "start_before", "start_after"])
MOVES = st.lists(st.builds(Move, KINDS, ELEMENTS), min_size=1, max_size=3)


@pytest.fixture(scope="module")
def one_desk(databases):
    with databases.migrated("sqlite") as url, opened_desk(url) as opened:
        yield opened


@settings(max_examples=40, deadline=None)
@given(done=st.integers(0, 24), moves=MOVES)
def test_however_tokens_are_moved_the_case_holds_together(
    one_desk: Desk, done: int, moves: list[Move]
) -> None:
    """Refused without a trace, or done: then nothing of law is lost and what is open can be done."""
    case = one_desk.request()
    for _ in range(done):
        case.do_one()
    running = {(row.rule, row.occurrence) for row in case.deadlines()}
    before = case.waiting()
    try:
        moved(case, *moves)
    except (BadInput, Conflict):
        assert case.waiting() == before
    assert running <= {(row.rule, row.occurrence) for row in case.deadlines()}
    assert [each for each in differences(one_desk) if each.case_key == int(case.key)] == []
    assert definition(one_desk, "request_to_plan").version == 1
