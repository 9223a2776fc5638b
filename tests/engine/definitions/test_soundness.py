"""Every way through a process is tried before a case takes it: joins that never fill, work that is done twice."""

from __future__ import annotations

import pytest

from engine.definitions import lint
from engine.spiff.findings import Finding
from tests.engine.spiff.more_shapes import SHAPES as MORE
from tests.engine.spiff.playing import Play
from tests.engine.spiff.shapes import SHAPES, Shape
from tests.engine.spiff.sketch import Process, Sketch, document, event, timer
from tests.engine.spiff.test_random import Blocks

RULES = {"join-never-fills", "join-may-not-fill", "done-twice", "too-large-to-prove"}


def found(*parts: Sketch) -> list[Finding]:
    return of(document(*parts))


def of(xml: bytes) -> list[Finding]:
    return [each for each in lint({"a.bpmn": xml}) if each.rule in RULES]


def told(*parts: Sketch) -> list[tuple[str, str]]:
    return [(each.rule, each.element) for each in found(*parts)]


def choice_into_join(join: str) -> Process:
    """One way straight, one by a task; both enter a gateway, after which two ways open."""
    drawn = Process().start().gate("exclusive", "which").gate(join, "both").gate("parallel", "open")
    drawn.user("by", "one", "two").end("e", "e2")
    drawn.path("s which").when("which", "by", "a = 1").otherwise("which", "both").path("by both open")
    drawn.path("open one e").path("open two e2")
    return drawn


def test_a_choice_whose_ways_meet_at_a_parallel_join_is_refused_with_the_choice_and_the_remedy() -> None:
    (finding,) = found(choice_into_join("parallel"))
    assert (finding.severity, finding.rule, finding.element) == ("error", "join-never-fills", "both")
    assert finding.message == (
        "“both” waits for all its 2 incoming flows, but where “which” chooses the way to “both”, no token comes on "
        "the one from “by”: the case would stand here for ever."
    )
    assert (
        finding.remedy
        == "Merge the ways of “which” with an exclusive gateway before “both”, or make “both” one."
    )


def test_a_join_that_splits_at_once_is_no_better() -> None:
    drawn = Process().start().gate("exclusive", "which").gate("parallel", "both").user("by", "one", "two")
    drawn.end("e", "e2").path("s which").when("which", "by", "a = 1").otherwise("which", "both")
    drawn.path("by both one e").path("both two e2")
    assert told(drawn) == [("join-never-fills", "both")]


def test_what_is_refused_does_stand_still_and_what_is_advised_goes_on() -> None:
    refused, advised = choice_into_join("parallel"), choice_into_join("exclusive")
    assert Play(document(refused), a=2).outcome() == ""
    assert told(advised) == []
    assert Play(document(advised), a=2).outcome() == "?one ?two"


def test_a_split_further_up_does_not_excuse_a_choice_before_a_join() -> None:
    drawn = (
        Process().start().gate("parallel", "o", "j").gate("exclusive", "x").user("a", "b", "c").end("e", "e2")
    )
    drawn.path("s o a j e").path("o x").when("x", "b", "n = 1").otherwise("x", "c").path("b j").path("c e2")
    assert told(drawn) == [("join-never-fills", "j")]


def test_an_interruption_that_leaves_a_branch_starves_its_join() -> None:
    drawn = Process().start().gate("parallel", "o", "j").user("a", "b").end("e", "e2")
    drawn.path("s o a j e").path("o b j").beside("t", "a", timer("PT1H")).path("t e2")
    (finding,) = found(drawn)
    assert finding.element == "j"
    assert "where “t” takes “a” away" in finding.message
    kept = Process().start().gate("parallel", "o", "j").gate("exclusive", "m").user("a", "b").end("e")
    kept.path("s o a m j e").path("o b j").beside("t", "a", timer("PT1H")).path("t m")
    assert told(kept) == []


def test_a_join_cannot_wait_for_what_only_a_reminder_sends() -> None:
    drawn = Process().start().gate("parallel", "o", "j").user("a", "b").end("e", "e2")
    drawn.path("s a j e").beside("t", "a", timer("PT1H"), interrupting=False).path("t j")
    assert told(drawn) == [("join-never-fills", "j")]


def test_a_join_within_a_loop_that_it_closes_itself_waits_for_itself() -> None:
    drawn = Process().start().gate("parallel", "j").gate("exclusive", "x").user("a").end("e")
    drawn.path("s j a x").when("x", "j", "n = 1").otherwise("x", "e")
    assert told(drawn) == [("join-never-fills", "j")]


def test_a_loop_back_before_a_split_sends_a_token_too_many() -> None:
    drawn = Process().start().gate("exclusive", "m", "x").gate("parallel", "o", "j").user("a", "b").end("e")
    drawn.path("s m o a x").when("x", "m", "n = 1").otherwise("x", "j").path("o b j e")
    findings = {each.rule: each for each in found(drawn)}
    assert set(findings) == {"join-never-fills", "done-twice"}
    assert "again after it has gone on" in findings["join-never-fills"].message


def test_what_ends_the_whole_process_frees_a_join_that_waits() -> None:
    drawn = Process().start().gate("parallel", "o", "j").gate("exclusive", "x").user("a", "b").end("e")
    drawn.end("all", event=event("terminate"))
    drawn.path("s o a j e").path("o b x").when("x", "j", "n = 1").otherwise("x", "all")
    assert told(drawn) == []


def test_the_same_condition_at_two_gateways_is_only_warned_of() -> None:
    drawn = (
        Process()
        .start()
        .gate("parallel", "o", "j")
        .gate("exclusive", "x", "y")
        .user("a", "b")
        .end("e", "e2", "e3")
    )
    drawn.path("s o a x").when("x", "j", "n = 1").otherwise("x", "e2").path("o b y")
    drawn.when("y", "j", "n = 1").otherwise("y", "e3").path("j e")
    assert told(drawn) == [("join-may-not-fill", "j")]


@pytest.mark.parametrize("place", ["sub", "event sub-process"])
def test_what_is_drawn_within_is_tried_by_itself(place: str) -> None:
    inner = Sketch().start("si", event("message", "m") if place != "sub" else "").gate("exclusive", "x")
    inner.gate("parallel", "j").user("a").end("ei").path("si x").when("x", "a", "n = 1").otherwise("x", "j")
    inner.path("a j ei")
    drawn = Process().start().user("h").end()
    if place == "sub":
        drawn.sub("i", inner).path("s i h e")
    else:
        drawn.handler("i", inner).path("s h e")
    assert told(drawn) == [("join-never-fills", "j")]


def test_branches_that_meet_without_a_join_do_their_work_twice() -> None:
    drawn = (
        Process().start().gate("parallel", "o").gate("exclusive", "m").user("a", "b", "after", "then").end()
    )
    drawn.path("s o a m after then e").path("o b m")
    (finding,) = found(drawn)
    assert (finding.severity, finding.rule, finding.element) == ("warning", "done-twice", "after")
    assert "several of the ways that “o” opens at once" in finding.message


def test_branches_that_meet_only_at_the_end_do_nothing_twice() -> None:
    drawn = Process().start().gate("parallel", "o").gate("exclusive", "m").user("a", "b").end()
    drawn.path("s o a m e").path("o b m")
    assert told(drawn) == []


def test_an_escalation_that_leads_back_into_the_process_doubles_it_but_two_reminders_are_meant() -> None:
    doubled = Process().start().user("h", "after").end().beside("t", "h", timer("PT1H"), interrupting=False)
    doubled.path("s h after e").path("t after")
    assert told(doubled) == [("done-twice", "after")]
    reminded = Process().start().user("h").script("remind").end("e", "e2").path("s h e").path("remind e2")
    for name in ("t", "t2"):
        reminded.beside(name, "h", timer("PT1H"), interrupting=False).path(f"{name} remind")
    assert told(reminded) == []


def test_more_ways_than_can_be_tried_are_said_to_be_too_many() -> None:
    drawn = Process().start().gate("parallel", "o", "j").end("e", "late").path("s o").path("j e")
    for name in [f"t{number}" for number in range(20)]:
        drawn.user(name).beside(f"b{name}", name, timer("PT1H")).path(f"o {name} j").path(f"b{name} late")
    assert told(drawn) == [("too-large-to-prove", "p")]


def test_a_wide_and_long_process_is_tried_whole() -> None:
    drawn = Process().start().end().path("s o0")
    for number in range(60):
        fork, join = f"o{number}", f"j{number}"
        drawn.gate("parallel", fork, join)
        for branch in range(5):
            drawn.user(f"t{number}_{branch}").path(f"{fork} t{number}_{branch} {join}")
        drawn.path(f"{join} {f'o{number + 1}' if number < 59 else 'e'}")
    assert told(drawn) == []


ENDING = [each for each in [*SHAPES, *MORE] if each.outcome.split()[-1:] == ["END"]]


@pytest.mark.parametrize("shape", ENDING, ids=[each.name for each in ENDING])
def test_no_shape_that_runs_to_its_end_is_refused(shape: Shape) -> None:
    assert [each for each in of(shape.xml) if each.severity == "error"] == []


@pytest.mark.parametrize("seed", range(40))
def test_nothing_is_said_of_processes_that_are_sound_by_construction(seed: int) -> None:
    xml, _ = Blocks(seed).process()
    assert of(xml.replace(b'cancelActivity="true"', b'cancelActivity="false"')) == []
