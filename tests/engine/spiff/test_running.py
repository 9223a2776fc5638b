"""What the engine above sees of an instance: tasks, timers, messages, variables, changes, failures."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from engine.clock import start_of_day
from engine.spiff import Instance, StateUnreadable, StepFailed, TokenGone, read_bundle
from tests.engine.spiff.playing import BEGIN, Play, World
from tests.engine.spiff.shapes import again, guarded, reminded
from tests.engine.spiff.sketch import (
    Process,
    Sketch,
    condition,
    document,
    each,
    event,
    extension,
    properties,
    tag,
    timer,
    times,
)


def one(kind: str, *inside: str, title: str = "") -> bytes:
    drawn = tag(kind, extension(*inside), id="t", name=title)
    return document(Process().start().put(drawn).end().path("s t e"))


def mapping(inputs: dict[str, str] | None = None, outputs: dict[str, str] | None = None) -> str:
    entries = [tag("zeebe:input", source=source, target=target) for target, source in (inputs or {}).items()]
    entries += [
        tag("zeebe:output", source=source, target=target) for target, source in (outputs or {}).items()
    ]
    return tag("zeebe:ioMapping", "".join(entries))


# --- user tasks ---


def test_a_user_task_says_whom_it_is_for_and_when_it_is_due() -> None:
    xml = one(
        "userTask",
        tag("zeebe:userTask"),
        tag("zeebe:formDefinition", formId="decide"),
        tag(
            "zeebe:assignmentDefinition",
            assignee="=who",
            candidateGroups="send_team, panel",
            candidateUsers='=["a","b"]',
        ),
        tag("zeebe:taskSchedule", dueDate="=limit.due", followUpDate="2026-12-01T09:00:00Z"),
        tag("zeebe:priorityDefinition", priority="=40 + 1"),
        properties(rule="r", occurrence="=code", agency="camhs"),
        title="Decide",
    )
    world = World(limits={"r/psy": {"due": date(2026, 12, 14), "broken": start_of_day(date(2026, 12, 15))}})
    (task,) = Play(xml, world=world, saved=True, who="officer", code="psy").instance.open_tasks()
    assert (task.element_id, task.name, task.form_id, task.assignee) == ("t", "Decide", "decide", "officer")
    assert task.candidate_groups == ("send_team", "panel")
    assert task.candidate_users == ("a", "b")
    assert task.due_date == date(2026, 12, 14)
    assert task.follow_up_date == datetime(2026, 12, 1, 9, tzinfo=UTC)
    assert (task.priority, task.rule, task.occurrence, task.agency) == (41, "r", "psy", "camhs")
    assert task.element.kind == "userTask"


def test_a_task_that_says_nothing_has_usual_values() -> None:
    (task,) = Play(one("userTask")).instance.open_tasks()
    assert (task.form_id, task.assignee, task.candidate_groups, task.due_date, task.priority) == (
        "",
        "",
        (),
        None,
        50,
    )


@pytest.mark.parametrize(
    ("part", "attribute"),
    [
        ("taskSchedule", "dueDate"),
        ("priorityDefinition", "priority"),
        ("assignmentDefinition", "candidateGroups"),
    ],
)
def test_an_attribute_that_cannot_be_worked_out_fails_the_step(part: str, attribute: str) -> None:
    with pytest.raises(StepFailed) as failed:
        Play(one("userTask", tag(f"zeebe:{part}", **{attribute: "={a: 1}"})))
    assert failed.value.element_id == "t"
    assert failed.value.process_id == "p"


def test_a_task_can_be_completed_once() -> None:
    play = Play(again)
    (task,) = play.instance.open_tasks()
    play.instance.complete(task.token, {"again": False})
    with pytest.raises(TokenGone):
        play.instance.complete(task.token, {})
    with pytest.raises(TokenGone):
        play.instance.complete(4711, {})


def test_a_limit_that_has_passed_comes_before_the_answer() -> None:
    play = Play(guarded("user"))
    (task,) = play.instance.open_tasks()
    play.world.clock.advance(timedelta(hours=2))
    with pytest.raises(TokenGone):
        play.instance.complete(task.token, {})
    late = Play(reminded)
    late.world.clock.advance(timedelta(hours=2))
    assert late.do("h").outcome() == "after late END"


# --- variables ---


def test_outputs_keep_what_a_person_says_local() -> None:
    xml = one("userTask", mapping({"question": '="Why " + name'}, {"answer": "=said + 1"}))
    play = Play(xml, saved=True, name="you")
    (task,) = play.instance.open_tasks()
    assert task.variables_local == {"question": "Why you"}
    play.do("t", said=1, other=2)
    assert play.instance.variables() == {"name": "you", "answer": 2}


def test_without_outputs_answers_go_out_but_inputs_do_not() -> None:
    play = Play(one("userTask", mapping({"question": "=1"})), saved=True)
    play.do("t", question=2, other=3)
    assert play.instance.variables() == {"other": 3}


def test_a_mapping_may_set_a_part() -> None:
    xml = one("userTask", mapping(outputs={"child.name": "=said", "child.school.urn": "=7"}))
    play = Play(xml, child={"age": 9})
    play.do("t", said="Ada")
    assert play.instance.variables() == {"child": {"age": 9, "name": "Ada", "school": {"urn": 7}}}


def test_values_come_back_from_a_state_as_they_were() -> None:
    given = {
        "day": date(2026, 11, 2),
        "at": BEGIN,
        "rate": 1.10,
        "many": [1, "a", None, True],
        "tag": {"@": "x"},
    }
    play = Play(one("userTask"), saved=True, **given)
    assert play.instance.variables() == {**given, "day": "2026-11-02", "at": "2026-11-02T09:00:00Z"}
    assert str(play.instance.values()["day"]) == "2026-11-02"
    (task,) = play.instance.open_tasks()
    assert set(play.instance.values(task.token)) == set(given)


def test_a_script_sees_and_sets_variables() -> None:
    play = Play(document(Process().start().script("t", set_="total = a + b").end().path("s t e")), a=1, b=2)
    assert play.instance.variables() == {"a": 1, "b": 2, "total": 3}


def test_a_function_cannot_be_kept() -> None:
    with pytest.raises(StepFailed, match="kept"):
        Play(document(Process().start().script("t", set_="f = function(x) x + 1").end().path("s t e")))


def test_names_with_spaces() -> None:
    xml = document(
        Process()
        .start()
        .gate("exclusive", "g1")
        .script("soon", "later")
        .end("e", "e2")
        .path("s g1")
        .when("g1", "soon", "agreed = true and days left < 5")
        .otherwise("g1", "later")
        .path("soon e")
        .path("later e2")
    )
    assert Play(xml, **{"agreed": True, "days left": 3}).outcome() == "soon END"


# --- what happened ---


def test_changes_say_what_was_set_by_whom() -> None:
    xml = document(Process().start().script("a", set_="x = 1").user("h").end().path("s a h e"))
    play = Play(xml, given=0).do("h", y=2)
    told = [(change.element_id, change.event, dict(change.variables)) for change in play.changes]
    assert told == [
        ("s", "entered", {}),
        ("s", "completed", {"given": 0}),
        ("a", "entered", {}),
        ("a", "completed", {"x": 1}),
        ("h", "entered", {}),
        ("h", "completed", {"y": 2}),
        ("e", "entered", {}),
        ("e", "completed", {}),
    ]
    assert {change.at for change in play.changes} == {BEGIN}


def test_what_is_taken_away_is_told_as_cancelled() -> None:
    play = Play(guarded("sub")).wait(2)
    assert play.told("cancelled", "triggered") == "cancelled:in cancelled:h triggered:b"


def test_a_message_sets_its_variables() -> None:
    xml = document(Process().start().catch("c", event("message", "m")).end().path("s c e"))
    play = Play(xml, saved=True).send("m", x=1)
    assert [(c.event, dict(c.variables)) for c in play.changes if c.element_id == "c"] == [
        ("entered", {}),
        ("triggered", {"x": 1}),
        ("completed", {}),
    ]


def test_a_multi_instance_is_told_by_its_iterations() -> None:
    xml = document(
        Process()
        .start()
        .script("t", set_="n = 2 * i", loop=each("[1, 2]", "i", out="all", output="n"))
        .end()
        .path("s t e")
    )
    play = Play(xml)
    done = [
        dict(change.variables)
        for change in play.changes
        if (change.element_id, change.event) == ("t", "completed")
    ]
    assert done == [{"n": 2}, {"n": 4, "all": [2, 4]}]
    assert play.instance.variables() == {"all": [2, 4]}


def test_catching_by_outputs() -> None:
    xml = document(
        Process()
        .start()
        .catch("c", extension(mapping(outputs={"got": "=x"})) + event("message", "m"))
        .end()
        .path("s c e")
    )
    assert Play(xml).send("m", x=1, y=2).instance.variables() == {"got": 1}


# --- timers ---

LIMITED = document(
    Process()
    .start()
    .user("h", extra=extension(properties(rule="r"), tag("zeebe:taskSchedule", dueDate="=limit.due")))
    .beside("b", "h", extension(properties(rule="r")) + timer("=limit.broken", "Date"), interrupting=False)
    .script("late")
    .end("e", "e2")
    .path("s h e")
    .path("b late e2")
)


def limits(day: date | None) -> dict[str, dict[str, object]]:
    return {"r": {"due": day, "broken": day and start_of_day(day + timedelta(days=1))}}


def test_a_statutory_timer_moves_with_its_limit() -> None:
    world = World(limits=dict(limits(date(2026, 11, 30))))
    play = Play(LIMITED, world=world, saved=True)
    (waiting,) = play.instance.timers()
    assert (waiting.element_id, waiting.rule, waiting.due_at) == ("b", "r", start_of_day(date(2026, 12, 1)))
    world.limits = dict(limits(date(2026, 12, 10)))
    moved = play.instance.rearm()
    assert moved == [(waiting.token, start_of_day(date(2026, 12, 1)), start_of_day(date(2026, 12, 11)))]
    assert play.instance.rearm() == []
    assert play.instance.open_tasks()[0].due_date == date(2026, 12, 10)
    assert play.instance.next_due() == start_of_day(date(2026, 12, 11))


def test_a_limit_without_end_leaves_its_timer_waiting() -> None:
    world = World(limits=dict(limits(None)))
    play = Play(LIMITED, world=world, saved=True)
    assert [timer.due_at for timer in play.instance.timers()] == [None]
    assert play.instance.next_due() is None
    assert play.instance.open_tasks()[0].due_date is None
    world.limits = dict(limits(date(2026, 11, 2)))
    assert [(before, after) for _, before, after in play.instance.rearm()] == [
        (None, start_of_day(date(2026, 11, 3)))
    ]
    assert play.wait(48).outcome() == "late ?h"


def test_a_limit_that_cannot_be_given_fails_the_step() -> None:
    with pytest.raises(StepFailed, match="limit r cannot be given"):
        Play(LIMITED)


def test_limit_is_seen_only_by_its_element() -> None:
    world = World(limits=dict(limits(date(2026, 11, 30))))
    xml = document(
        Process()
        .start()
        .script("a", set_="seen = limit")
        .user("h", extra=extension(properties(rule="r")))
        .end()
        .path("s a h e")
    )
    assert Play(xml, world=world).instance.variables() == {"seen": None}


@pytest.mark.parametrize(
    ("time", "kind", "due"),
    [
        ("P6W", "Duration", datetime(2026, 12, 14, 9, tzinfo=UTC)),
        ('=duration("P1M")', "Duration", datetime(2026, 12, 2, 9, tzinfo=UTC)),
        ('=duration("P6W")', "Duration", datetime(2026, 12, 14, 9, tzinfo=UTC)),
        ('="PT36H"', "Duration", datetime(2026, 11, 3, 21, tzinfo=UTC)),
        ("2026-12-24", "Date", datetime(2026, 12, 24, tzinfo=UTC)),
        ("2027-07-01T10:00:00+02:00", "Date", datetime(2027, 7, 1, 8, tzinfo=UTC)),
        ('=date("2027-07-01")', "Date", datetime(2027, 6, 30, 23, tzinfo=UTC)),
        ('=date and time("2027-07-01T10:00:00")', "Date", datetime(2027, 7, 1, 9, tzinfo=UTC)),
        ('=date and time("2027-07-01T10:00:00@Europe/London")', "Date", datetime(2027, 7, 1, 9, tzinfo=UTC)),
        ('=now() + duration("P1D")', "Date", datetime(2026, 11, 3, 9, tzinfo=UTC)),
    ],
)
def test_times(time: str, kind: str, due: datetime) -> None:
    play = Play(document(Process().start().catch("c", timer(time, kind)).end().path("s c e")), saved=True)
    assert play.instance.next_due() == due


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("R2/P1D", ["2026-11-03T09:00:00Z", "2026-11-04T09:00:00Z"]),
        (
            "R3/2026-11-30T12:00:00Z/P1M",
            ["2026-11-30T12:00:00Z", "2026-12-30T12:00:00Z", "2027-01-30T12:00:00Z"],
        ),
        ('=cycle(2, duration("PT1H"))', ["2026-11-02T10:00:00Z", "2026-11-02T11:00:00Z"]),
        ("0 30 6 1 1,2 *", ["2027-01-01T06:30:00Z", "2027-02-01T06:30:00Z"]),
    ],
)
def test_repeating_times(time: str, expected: list[str]) -> None:
    play = Play(guarded("user", timer(time, "Cycle"), interrupting=False), saved=True).wait(24 * 120)
    told = [
        change.at.isoformat().replace("+00:00", "Z") for change in play.changes if change.event == "triggered"
    ]
    assert told == expected


def test_an_endless_cycle_by_function() -> None:
    play = Play(guarded("user", timer('=cycle(duration("P1D"))', "Cycle"), interrupting=False)).wait(24 * 10)
    assert play.outcome() == " ".join(["late"] * 10 + ["?h"])


def test_month_ends_are_counted_from_the_origin() -> None:
    play = Play(
        guarded("user", timer("R3/P1M", "Cycle"), interrupting=False),
        begin=datetime(2027, 1, 31, 12, tzinfo=UTC),
    )
    play.wait(24 * 100)
    assert [f"{change.at:%d %b}" for change in play.changes if change.event == "triggered"] == [
        "28 Feb",
        "31 Mar",
        "30 Apr",
    ]


def test_a_time_that_is_nothing_fails_the_step() -> None:
    with pytest.raises(StepFailed, match="gives null"):
        Play(document(Process().start().catch("c", timer("=when", "Date")).end().path("s c e")))


# --- messages, signals, errors ---


def test_timer_start_events_say_when_they_begin() -> None:
    bundle = read_bundle(
        {"a.bpmn": document(Process().start("s", timer("R3/P1M", "Cycle")).end().path("s e"))}
    )
    instants = list(bundle.starts_at("p", "s", datetime(2027, 1, 31, 12, tzinfo=UTC)))
    assert [f"{instant:%d %b}" for instant in instants] == ["28 Feb", "31 Mar", "30 Apr"]


def test_subscriptions_say_what_is_waited_for() -> None:
    xml = document(Process().start().catch("c", event("message", "keyed")).end().path("s c e"))
    play = Play(xml, saved=True, case=7)
    assert [(wait.element_id, wait.message, wait.key) for wait in play.instance.subscriptions()] == [
        ("c", "keyed", "7")
    ]
    assert not play.instance.receive("keyed", None, {})
    assert not play.instance.receive("other", "7", {})
    assert play.instance.receive("keyed", "7", {})
    assert play.instance.status == "completed"


def test_a_key_must_be_there() -> None:
    with pytest.raises(StepFailed, match="correlation key"):
        Play(document(Process().start().catch("c", event("message", "keyed")).end().path("s c e")))


def test_an_event_that_says_it_sends_its_message_throws_it() -> None:
    sends = extension(tag("zeebe:taskDefinition", type="ehc:message")) + event("message", "m")
    play = Play(document(Process().start().throw("t", sends).end().path("s t e")))
    assert [(thrown.kind, thrown.name) for thrown in play.thrown] == [("message", "m")]


def test_a_thrown_message_carries_its_inputs_and_key() -> None:
    xml = document(
        Process()
        .start()
        .throw("t", extension(mapping({"x": "=a + 1"})) + event("message", "keyed"))
        .node("sendTask", "u", messageRef="m")
        .end("e", event=event("message", "m2"))
        .path("s t u e")
    )
    thrown = [
        (thrown.kind, thrown.name, thrown.key, dict(thrown.variables))
        for thrown in Play(xml, a=1, case="K").thrown
    ]
    assert thrown == [
        ("message", "keyed", "K", {"x": 2}),
        ("message", "m", None, {}),
        ("message", "m2", None, {}),
    ]


def test_an_escalation_is_told_to_the_host_caught_or_not() -> None:
    xml = document(Process().start().throw("t", event("escalation", "x")).end().path("s t e"))
    assert [(thrown.kind, thrown.code, thrown.caught) for thrown in Play(xml).thrown] == [
        ("escalation", "X", False)
    ]
    inner = Sketch().start("s1").throw("t", event("escalation", "x")).end("e1").path("s1 t e1")
    caught = document(
        Process()
        .start()
        .sub("h", inner)
        .beside("b", "h", event("escalation", "x"), interrupting=False)
        .end("e", "e2")
        .path("s h e")
        .path("b e2")
    )
    assert [(thrown.code, thrown.caught) for thrown in Play(caught).thrown] == [("X", True)]


def test_an_error_that_nobody_catches_fails_the_step() -> None:
    with pytest.raises(StepFailed, match="nothing in the diagram catches it") as failed:
        Play(document(Process().start().end("t", event=event("error", "r")).path("s t")))
    assert failed.value.element_id == "t"


def test_a_signal_from_outside() -> None:
    xml = document(
        Process()
        .start()
        .gate("parallel", "o")
        .catch("c", event("signal", "g"))
        .catch("d", event("signal", "g"))
        .end("e", "e2")
        .path("s o c e")
        .path("o d e2")
    )
    play = Play(xml)
    assert play.instance.signal("other", {}) == 0
    assert play.instance.signal("g", {"x": 1}) == 2
    assert play.instance.variables() == {"x": 1}


# --- jobs ---

JOB = document(
    Process()
    .start()
    .node(
        "serviceTask",
        "job",
        extension(
            tag("zeebe:taskDefinition", type="work"), mapping({"what": "=a + 1"}, {"got": "=result * 2"})
        ),
    )
    .beside("b", "job", event("error", "r"))
    .script("caught", "after")
    .end("e", "e2")
    .path("s job after e")
    .path("b caught e2")
)


def test_a_service_task_hands_its_inputs_over_and_takes_results_in() -> None:
    world = World(results={"job": {"result": 4}})
    play = Play(JOB, world=world, a=1)
    assert [
        (element, kind, {name: int(value) for name, value in given.items()})
        for element, kind, given in world.jobs
    ] == [("job", "work", {"what": 2})]
    assert play.outcome() == "after END"
    assert play.instance.variables()["got"] == 8


def test_an_error_of_a_job_is_caught_at_its_task() -> None:
    assert Play(JOB, world=World(errors={"job": "R"}), a=1).outcome() == "caught END"


def test_an_error_of_another_code_is_not() -> None:
    with pytest.raises(StepFailed) as failed:
        Play(JOB, world=World(errors={"job": "OTHER"}), a=1)
    assert failed.value.element_id == "job"


def test_events_may_be_jobs() -> None:
    work = extension(tag("zeebe:taskDefinition", type="work"))
    xml = document(
        Process()
        .start()
        .throw("t", work + event("message"))
        .node("sendTask", "u", work)
        .end("e", event=work + event("message"))
        .path("s t u e")
    )
    world = World()
    assert Play(xml, world=world).instance.status == "completed"
    assert [element for element, _, _ in world.jobs] == ["t", "u", "e"]


# --- failures ---


def test_a_choice_without_a_way_fails_by_name() -> None:
    xml = document(
        Process()
        .start()
        .gate("exclusive", "g1")
        .user("a", "b")
        .end("e", "e2")
        .path("s g1")
        .when("g1", "a", "x = 1")
        .when("g1", "b", "x = 2")
        .path("a e")
        .path("b e2")
    )
    with pytest.raises(StepFailed, match="None of the conditions") as failed:
        Play(xml, x=3)
    assert failed.value.element_id == "g1"


@pytest.mark.parametrize("kind", ["exclusive", "inclusive"])
def test_a_condition_that_is_no_answer_fails_by_name(kind: str) -> None:
    xml = document(
        Process()
        .start()
        .gate(kind, "g1")
        .user("a", "b")
        .end("e", "e2")
        .path("s g1")
        .when("g1", "a", "left < 5")
        .otherwise("g1", "b")
        .path("a e")
        .path("b e2")
    )
    with pytest.raises(StepFailed, match="neither true nor false") as failed:
        Play(xml, left=None)
    assert (failed.value.element_id, failed.value.process_id) == ("g1", "p")
    assert failed.value.remedy


def test_an_endless_circle_of_automatic_elements_is_stopped() -> None:
    xml = document(
        Process()
        .start()
        .gate("exclusive", "m1", "x1")
        .script("t")
        .end()
        .path("s m1 t x1")
        .when("x1", "m1", "true")
        .otherwise("x1", "e")
    )
    with pytest.raises(StepFailed, match="without coming to rest"):
        Play(xml)


def test_processes_that_call_themselves_without_end_are_stopped() -> None:
    with pytest.raises(StepFailed, match="deep in one another"):
        Play(document(Process().start().call("c", "p").end().path("s c e")))


def test_a_collection_that_is_no_list_fails() -> None:
    with pytest.raises(StepFailed, match="not a list"):
        Play(document(Process().start().user("h", loop=each("names", "n")).end().path("s h e")), names="Ada")


def test_too_many_instances_fail() -> None:
    with pytest.raises(StepFailed, match="at most"):
        Play(document(Process().start().user("h", loop=times(20_000)).end().path("s h e")))


def test_a_called_process_that_is_not_there_fails() -> None:
    call = extension(tag("zeebe:calledElement", processId="=which"))
    with pytest.raises(StepFailed, match="gone"):
        Play(
            document(Process().start().put(tag("callActivity", call, id="c")).end().path("s c e")),
            which="gone",
        )


def test_an_expression_that_takes_too_much_fails() -> None:
    with pytest.raises(StepFailed, match="takes too"):
        Play(
            document(
                Process()
                .start()
                .script("t", set_="x = for i in 1..100000 return for j in 1..100000 return i")
                .end()
                .path("s t e")
            )
        )


# --- the instance ---


def test_cancel_ends_everything() -> None:
    play = Play(guarded("sub", loop=times()))
    play.instance.cancel()
    assert play.instance.status == "cancelled"
    assert play.instance.open_tasks() == play.instance.timers() == []
    text = play.instance.save()
    assert len(text) < 100
    restored = Instance.restore(play.bundle, text, play.world)
    assert (restored.status, restored.waiting(), restored.fire_due()) == ("cancelled", [], 0)


def test_one_token_can_be_taken_away() -> None:
    play = Play(
        document(
            Process()
            .start()
            .gate("parallel", "o")
            .user("a", "b")
            .end("e", "e2")
            .path("s o a e")
            .path("o b e2")
        )
    )
    first, second = play.instance.open_tasks()
    play.instance.cancel_token(first.token)
    assert play.instance.status == "active"
    play.instance.cancel_token(second.token)
    assert play.instance.status == "completed"
    with pytest.raises(TokenGone):
        play.instance.cancel_token(second.token)


def test_waiting_names_elements_that_wait_for_somebody() -> None:
    xml = document(
        Process()
        .start()
        .gate("parallel", "o", "j")
        .user("a")
        .catch("c", event("message", "m"))
        .beside("b", "a", timer("PT1H"))
        .script("t")
        .end("e", "e2")
        .path("s o a j e")
        .path("o c j")
        .path("o t j")
        .path("b e2")
    )
    assert sorted(Play(xml, saved=True).instance.waiting()) == ["a", "c"]
    joined = document(
        Process()
        .start()
        .gate("exclusive", "x1")
        .gate("parallel", "j")
        .script("a", "b")
        .end()
        .path("s x1")
        .when("x1", "a", "true")
        .otherwise("x1", "b")
        .path("a j")
        .path("b j")
        .path("j e")
    )
    assert Play(joined, saved=True).instance.waiting() == ["j"]


def test_a_process_is_started_where_one_says() -> None:
    xml = document(
        Process()
        .start()
        .start("by_message", event("message", "m"))
        .start("by_timer", timer("R/P1D", "Cycle"))
        .script("plain", "asked", "timed")
        .end()
        .path("s plain e")
        .path("by_message asked e")
        .path("by_timer timed e")
    )
    bundle = read_bundle({"a.bpmn": xml})
    process = bundle.processes["p"]
    assert [(start.element_id, start.kind) for start in process.starts] == [
        ("s", "none"),
        ("by_message", "message"),
        ("by_timer", "timer"),
    ]
    assert process.start_messages == {"m": "by_message"}
    ran = {
        at: Instance.start(bundle, "p", {}, World(), at=at).changes[2].element_id
        for at in ("s", "by_message", "by_timer")
    }
    assert ran == {"s": "plain", "by_message": "asked", "by_timer": "timed"}
    assert Instance.start(bundle, "p", {}, World()).changes[2].element_id == "plain"
    with pytest.raises(LookupError, match="start event 'gone'"):
        Instance.start(bundle, "p", {}, World(), at="gone")
    with pytest.raises(LookupError, match="no process 'gone'"):
        Instance.start(bundle, "gone", {}, World())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"v":2}',
        '{"v":1}',
        '{"v":1,"process":"gone","next":1,"tokens":[]}',
        '{"v":1,"process":"p","next":3,"tokens":[{"id":1},{"id":2,"el":"gone","st":"r"}]}',
    ],
)
def test_a_state_that_does_not_fit_is_refused(text: str) -> None:
    with pytest.raises(StateUnreadable):
        Instance.restore(Play(again).bundle, text, World())


def test_conditions_fail_only_by_what_is_no_answer() -> None:
    xml = document(Process().start().catch("c", condition("x")).end().path("s c e"))
    assert Play(xml).instance.waiting() == ["c"]
    with pytest.raises(StepFailed, match="neither true nor false"):
        Play(xml, x="perhaps")
