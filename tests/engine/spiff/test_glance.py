"""What is read off a stored state is what the instance itself would tell."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.clock import parse_instant
from engine.spiff import StateUnreadable, TokenGone, open_elements, open_scopes
from tests.engine.spiff.more_shapes import SHAPES as MORE
from tests.engine.spiff.playing import BEGIN, Play
from tests.engine.spiff.shapes import CALLED, SHAPES, Shape
from tests.engine.spiff.sketch import Process, document, event, timer

RUNNING = [each for each in [*SHAPES, *MORE] if not each.outcome.startswith("REFUSED")]


def named(each: Shape) -> str:
    return f"{each.area}: {each.name}"


@pytest.mark.parametrize("shape", RUNNING, ids=named)
def test_a_glance_shows_what_the_instance_tells(shape: Shape) -> None:
    played = Play(shape.xml, begin=shape.begin or BEGIN).play(shape.acts)
    instance = played.instance
    found = {each.token: each for each in open_elements(played.bundle, instance.save())}
    if instance.status != "active":
        assert found == {}
        return
    for task in instance.open_tasks():
        seen = found[task.token]
        assert (seen.element_id, seen.process_id, seen.state) == (task.element_id, task.process_id, "active")
    for waiting in (*instance.timers(), *instance.subscriptions()):
        assert found[waiting.token].element_id == waiting.element_id
        assert found[waiting.token].state in ("waiting", "listening")
    at_work = [each.element_id for each in found.values() if each.state != "listening"]
    assert set(instance.waiting()) <= set(at_work)
    holders = {each.holder for each in found.values()} - {0}
    assert holders <= {scope.holder for scope in open_scopes(played.bundle, instance.save())}


def test_scopes_tell_what_is_called_where_and_with_what() -> None:
    caller = Process().start().call("h", "q").end().path("s h e")
    played = Play(document(caller, CALLED), size=3)
    whole, called = open_scopes(played.bundle, played.instance.save())
    assert (whole.process_id, whole.holder, whole.calls) == ("p", 0, False)
    assert (called.process_id, called.element_id, called.inside, called.calls) == ("q", "h", 0, True)
    assert called.variables == {"size": 3}
    (inside,) = [each for each in open_elements(played.bundle, played.instance.save()) if each.holder]
    assert (inside.element_id, inside.holder) == ("in", called.holder)


@pytest.mark.parametrize("state", ["", "{}", '{"v":1,"process":"nothing","tokens":[]}', "[1]"])
def test_what_is_no_state_of_this_bundle_is_unreadable(state: str) -> None:
    played = Play(document(Process().start().user("h").end().path("s h e")))
    with pytest.raises(StateUnreadable):
        open_elements(played.bundle, state)


# --- moving timers, and what came before them -------------------------------------------------


def racing() -> Play:
    """A task that a timer and a message take away, each its own way."""
    process = (
        Process()
        .start()
        .user("h")
        .beside("late", "h", timer("PT1H"))
        .beside("told", "h", event("message", "m"))
        .script("by_time")
        .script("by_message")
        .end("e", "e1", "e2")
        .path("s h e")
        .path("late by_time e1")
        .path("told by_message e2")
    )
    return Play(document(process))


def test_a_message_that_came_before_a_timer_is_taken_before_it() -> None:
    for before, outcome in ((True, "by_message END"), (False, "by_time END")):
        played = racing()
        played.world.clock.advance(timedelta(hours=2))
        played.instance.receive("m", None, {}, before_timers=before)
        played._rest()
        assert played.outcome() == outcome


def waiting(text: str, kind: str = "Duration") -> Play:
    process = Process().start().catch("wait", timer(text, kind)).script("after").end().path("s wait after e")
    return Play(document(process))


def test_a_moved_timer_fires_at_its_new_instant() -> None:
    played = waiting("PT1H")
    (due,) = played.instance.timers()
    later = BEGIN + timedelta(hours=5)
    assert played.instance.move_timer(due.token, later) == due.due_at
    assert played.wait(4).outcome() == ""
    assert played.wait(2).outcome() == "after END"
    with pytest.raises(TokenGone):
        played.instance.move_timer(due.token, later)


def reminded() -> Play:
    """A task that a timer reminds of every two hours, three times."""
    process = Process().start().user("h").end("e", "e1").path("s h e")
    return Play(
        document(process.beside("ring", "h", timer("R3/PT2H", "Cycle"), interrupting=False).path("ring e1"))
    )


def test_a_date_and_a_repetition_are_worked_out_again_and_a_duration_is_not() -> None:
    for played, due in (
        (waiting("2026-11-05T09:00:00Z", "Date"), "2026-11-05T09:00:00Z"),
        (reminded(), "2026-11-02T11:00:00Z"),
        (reminded().wait(3), "2026-11-02T13:00:00Z"),
    ):
        (timer_,) = played.instance.timers()
        moved = BEGIN + timedelta(days=9)
        played.instance.move_timer(timer_.token, moved)
        assert played.instance.recount_timer(timer_.token) == (moved, parse_instant(due))
    played = waiting("PT1H")
    with pytest.raises(ValueError, match="counts from when it began"):
        played.instance.recount_timer(played.instance.timers()[0].token)
