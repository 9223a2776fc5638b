"""119 shapes that a statutory process needs, each with what BPMN asks of it.

A row is a name, a diagram, what is done to it, and the outcome: the scripts that ran, ``?x`` for each user
task that waits at the end, and ``END``. ``REFUSED x`` means that the diagram is refused at the element x.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import NamedTuple

from tests.engine.spiff.sketch import (
    Process,
    Sketch,
    condition,
    document,
    each,
    event,
    tag,
    timer,
    times,
)


class Shape(NamedTuple):
    area: str
    name: str
    xml: bytes
    acts: str
    outcome: str
    begin: datetime | None = None


SHAPES: list[Shape] = []
HOUR = timer("PT1H")
DONE = "done"


def shape(area: str, name: str, xml: bytes, acts: str, outcome: str, begin: datetime | None = None) -> None:
    SHAPES.append(Shape(area, name, xml, acts, outcome, begin))


def host(kind: str = "user", loop: str = "") -> Sketch:
    """A process whose activity ``h`` is followed by the script ``after``."""
    process = Process().start().script("after").end("e", "e2").script("late").path("s h after e")
    if kind == "user":
        process.user("h", loop=loop)
    elif kind == "sub":
        process.sub("h", inner_task(), loop)
    else:
        process.call("h", "q", loop)
    return process


def inner_task() -> Sketch:
    return Sketch().start("s1").user("in").end("e1").path("s1 in e1")


CALLED = Process("q").start("s1").user("in").end("e1").path("s1 in e1")


def guarded(kind: str, happening: str = HOUR, *, interrupting: bool = True, loop: str = "") -> bytes:
    """The host with a boundary event that leads to the script ``late``."""
    process = host(kind, loop).beside("b", "h", happening, interrupting=interrupting).path("b late e2")
    return document(process, *([CALLED] if kind == "call" else []))


# --- timers ---

reminded = guarded("user", interrupting=False)
hourly = guarded("user", timer("R/PT1H", "Cycle"), interrupting=False)
three_times = guarded("user", timer("R3/PT1H", "Cycle"), interrupting=False)
shape("timers", "a limit takes the user task away", guarded("user"), "wait 2", "late END")
shape("timers", "a reminder leaves the task and comes once", reminded, "wait 3", "late ?h")
shape("timers", "no reminder once the task is done", reminded, "do h; wait 3", "after END")
shape("timers", "three reminders and no more", three_times, "wait 5", "late late late ?h")
shape("timers", "reminders stop with the task", hourly, "wait 2.5; do h; wait 3", "after late late END")
shape(
    "timers", "reminders missed in a long sleep are made up for", three_times, "sleep 10", "late late late ?h"
)
shape(
    "timers",
    "a limit takes a parallel multi-instance away",
    guarded("user", loop=times()),
    "wait 2",
    "late END",
)
several = guarded("user", interrupting=False, loop=times())
shape("timers", "one reminder for a whole multi-instance", several, "wait 2", "late ?h ?h ?h")
shape("timers", "a multi-instance reminded and done", several, "wait 2; do h; do h; do h", "after late END")
in_turn = guarded("user", loop=times(sequential=True))
shape("timers", "a limit takes a sequence away in its second turn", in_turn, "do h; wait 2", "late END")
sub_reminded = guarded("sub", interrupting=False)
shape("timers", "a reminder beside a sub-process", sub_reminded, "wait 2", "late ?in")
shape("timers", "a sub-process reminded and done", sub_reminded, "wait 2; do in", "after late END")
shape("timers", "a limit takes a sub-process away", guarded("sub"), "wait 2", "late END")
call_reminded = guarded("call", interrupting=False)
shape("timers", "a called process reminded and done", call_reminded, "wait 2; do in", "after late END")
shape("timers", "a limit takes a called process away", guarded("call"), "wait 2", "late END")
visited_twice = document(
    Process()
    .start()
    .gate("exclusive", "j", "g1")
    .user("h")
    .script("late", "after")
    .end("e", "e2")
    .beside("b", "h", HOUR, interrupting=False)
    .path("s j h g1")
    .when("g1", "j", "again")
    .otherwise("g1", "after")
    .path("after e")
    .path("b late e2")
)
acts = "wait 2; do h again=true; wait 2; do h again=false"
shape("timers", "a reminder is armed at each visit of a loop", visited_twice, acts, "after late late END")
two_limits = document(
    Process()
    .start()
    .user("h")
    .script("late", "limit", "after")
    .end("e", "e2", "e3")
    .beside("b", "h", HOUR, interrupting=False)
    .beside("b2", "h", timer("PT6H"))
    .path("s h after e")
    .path("b late e2")
    .path("b2 limit e3")
)
shape("timers", "a reminder before a limit", two_limits, "wait 2", "late ?h")
shape("timers", "a reminder and then the limit", two_limits, "wait 7", "late limit END")
pause = document(Process().start().catch("c", HOUR).script("t").end().path("s c t e"))
shape("timers", "a timer in the flow", pause, "wait 2", "t END")
race = document(
    Process()
    .start()
    .gate("eventBased", "w")
    .catch("c", HOUR)
    .catch("d", event("message", "m"))
    .script("t", "got")
    .end("e", "e2")
    .path("s w c t e")
    .path("w d got e2")
)
shape("timers", "a timer wins against a message", race, "wait 2; send m", "t END")
shape("timers", "a message wins against a timer", race, "send m; wait 2", "got END")
month = document(Process().start().catch("c", timer("P1M")).script("t").end().path("s c t e"))
january = datetime(2027, 1, 31, 12, tzinfo=UTC)
shape("timers", "a month from 31 January ends in February", month, f"wait {28 * 24}", "t END", january)
more = document(Process().start().catch("c", timer("P1M14D")).script("t").end().path("s c t e"))
new_year = datetime(2026, 12, 31, 12, tzinfo=UTC)
shape("timers", "a month and 14 days", more, f"wait {45 * 24}", "t END", new_year)
summer = document(
    Process().start().catch("c", timer("2026-07-01T12:00:00", "Date")).script("t").end().path("s c t e")
)
shape(
    "timers",
    "a time without offset is London's",
    summer,
    "wait 1",
    "t END",
    datetime(2026, 7, 1, 10, tzinfo=UTC),
)

# --- escalations and errors ---


def throwing(code: str = "x", kind: str = "escalation") -> Sketch:
    return (
        Sketch()
        .start("s1")
        .script("first", "second")
        .throw("t", event(kind, code))
        .end("e1")
        .path("s1 first t second e1")
    )


def escalating(inner: Sketch, *, interrupting: bool, caught: str = "x", called: bool = False) -> bytes:
    process = (
        Process().start().script("caught", "after").end("e", "e2").path("s h after e").path("b caught e2")
    )
    process.beside("b", "h", event("escalation", caught), interrupting=interrupting)
    if not called:
        return document(process.sub("h", inner))
    other = Process("q")
    other.elements, other.flows = inner.elements, inner.flows
    return document(process.call("h", "q"), other)


area = "escalation"
shape(
    area,
    "work goes on beside it",
    escalating(throwing(), interrupting=False),
    "",
    "after caught first second END",
)
shape(
    area,
    "interrupting ends what comes after the throw",
    escalating(throwing(), interrupting=True),
    "",
    "caught first END",
)
before_task = (
    Sketch()
    .start("s1")
    .script("first")
    .throw("t", event("escalation", "x"))
    .user("in")
    .end("e1")
    .path("s1 first t in e1")
)
shape(
    area,
    "interrupting ends a task after the throw",
    escalating(before_task, interrupting=True),
    "",
    "caught first END",
)
shape(
    area,
    "out of a called process",
    escalating(throwing(), interrupting=False, called=True),
    "",
    "after caught first second END",
)
shape(
    area,
    "out of a called process, interrupting",
    escalating(throwing(), interrupting=True, called=True),
    "",
    "caught first END",
)
shape(
    area,
    "no code catches all",
    escalating(throwing(), interrupting=False, caught=""),
    "",
    "after caught first second END",
)
shape(
    area,
    "another code is not caught",
    escalating(throwing("y"), interrupting=False),
    "",
    "after first second END",
)
at_end = Sketch().start("s1").script("first").end("t", event=event("escalation", "x")).path("s1 first t")
shape(
    area,
    "at the end of the sub-process",
    escalating(at_end, interrupting=False),
    "",
    "after caught first END",
)
twice = (
    Sketch()
    .start("s1")
    .throw("t", event("escalation", "x"))
    .throw("t2", event("escalation", "x"))
    .script("second")
    .end("e1")
    .path("s1 t t2 second e1")
)
shape(
    area, "two are caught twice", escalating(twice, interrupting=False), "", "after caught caught second END"
)
nested = Sketch().start("s2").sub("mid", throwing()).end("e3").path("s2 mid e3")
shape(
    area,
    "two levels up",
    escalating(nested, interrupting=False),
    "",
    "after caught first second END",
)


def erring(inner: Sketch) -> bytes:
    return document(
        Process()
        .start()
        .sub("h", inner)
        .beside("b", "h", event("error", "r"))
        .script("caught", "after")
        .end("e", "e2")
        .path("s h after e")
        .path("b caught e2")
    )


failing = Sketch().start("s1").script("first").end("t", event=event("error", "r")).path("s1 first t")
shape("errors", "an error end is caught outside", erring(failing), "", "caught first END")
beside_work = (
    Sketch()
    .start("s1")
    .gate("parallel", "g1")
    .user("in")
    .end("e1")
    .end("t", event=event("error", "r"))
    .path("s1 g1 in e1")
    .path("g1 t")
)
shape("errors", "an error takes parallel work away", erring(beside_work), "", "caught END")

# --- event sub-processes ---


def handled(
    happening: str, *, interrupting: bool, where: str = "process", body: Sketch | None = None
) -> bytes:
    handler = (
        Sketch().start("s9", happening, isInterrupting=str(interrupting).lower()).script("handled").end("e9")
    )
    handler.path("s9 handled e9")
    inner = body or Sketch().start("s1").user("h").script("after").end("e1").path("s1 h after e1")
    inner.handler("esp", handler)
    outer = Process().start().script("out").end().path("s h0 out e")
    if where == "sub":
        return document(outer.sub("h0", inner))
    process = Process("q" if where == "call" else "p")
    process.elements, process.flows = inner.elements, inner.flows
    return document(outer.call("h0", "q"), process) if where == "call" else document(process)


area = "event sub-process"
message = event("message", "m")
shape(area, "a timer beside the work", handled(HOUR, interrupting=False), "wait 2", "handled ?h")
shape(area, "a timer does not hold its process open", handled(HOUR, interrupting=False), "do h", "after END")
shape(area, "a timer ends the work", handled(HOUR, interrupting=True), "wait 2", "handled END")
repeated = handled(timer("R2/PT1H", "Cycle"), interrupting=False)
shape(area, "a repeating timer", repeated, "wait 4", "handled handled ?h")
shape(area, "a message beside the work", handled(message, interrupting=False), "send m", "handled ?h")
shape(area, "two messages", handled(message, interrupting=False), "send m; send m", "handled handled ?h")
shape(area, "a message ends the work", handled(message, interrupting=True), "send m", "handled END")
in_sub = handled(message, interrupting=False, where="sub")
shape(area, "a message inside a sub-process", in_sub, "send m", "handled ?h")
ends_sub = handled(message, interrupting=True, where="sub")
shape(area, "a message ends a sub-process", ends_sub, "send m", "handled out END")
in_call = handled(message, interrupting=False, where="call")
shape(area, "a message inside a called process", in_call, "send m", "handled ?h")
timed_sub = handled(HOUR, interrupting=False, where="sub")
shape(area, "a timer inside a sub-process", timed_sub, "wait 2", "handled ?h")
thrower = (
    Sketch()
    .start("s1")
    .throw("t", event("escalation", "x"))
    .script("second")
    .end("e1")
    .path("s1 t second e1")
)
shape(
    area,
    "an escalation of the process itself",
    handled(event("escalation", "x"), interrupting=False, body=thrower),
    "",
    "handled second END",
)


def quiet() -> Sketch:
    return Sketch().start("s1").script("second").end("e1").path("s1 second e1")


shape(
    area,
    "an escalation that is not thrown",
    handled(event("escalation", "x"), interrupting=False, body=quiet()),
    "",
    "second END",
)
shape(
    area,
    "an error that is not thrown",
    handled(event("error", "r"), interrupting=True, body=quiet()),
    "",
    "second END",
)
shape(
    area,
    "a signal beside the work",
    handled(event("signal", "g"), interrupting=False),
    "signal g",
    "handled ?h",
)
shape(area, "a message that never comes", handled(message, interrupting=False), "do h", "after END")
shape(area, "a timer does not hold its sub-process open", timed_sub, "do h", "after out END")

# --- messages ---

area = "messages"
reached_twice = guarded("user", message, interrupting=False)
shape(area, "a boundary event takes two messages", reached_twice, "send m; send m", "late late ?h")
recalled = guarded("user", message, loop=times())
shape(area, "a message takes a multi-instance away", recalled, "do h; send m", "late END")
early = document(Process().start().user("h").catch("c", message).script("got").end().path("s h c got e"))
shape(area, "a message waits for its receiver", early, "send m; do h", "got END")


def correlated(opener: str) -> bytes:
    process = (
        Process()
        .start()
        .script("set", set_="case = 1")
        .catch("c", event("message", "keyed"))
        .script("got")
        .end()
    )
    if opener == "send":
        process.throw("o", event("message", "m2"))
    else:
        process.script("o", set_="case = 1")
    return document(process.path("s set o c got e"))


shape(area, "the right key", correlated("send"), "send keyed 1", "got o set END".replace("o ", ""))
shape(area, "the wrong key", correlated("send"), "send keyed 2", "set")
shape(area, "the wrong key before anything was sent", correlated("data"), "send keyed 2", "o set")
by_message = document(Process().start("s", message).user("h").end().path("s h e"))
shape(area, "the message that started it comes again", by_message, "send m; send m", "?h")

# --- gateways ---

area = "gateways"
two_of_three = document(
    Process()
    .start()
    .script("set", set_="x = 1")
    .gate("inclusive", "o", "j")
    .script("a", "b", "c", "joined")
    .end()
    .path("s set o")
    .when("o", "a", "x = 1")
    .when("o", "b", "x < 2")
    .when("o", "c", "x = 5")
    .path("a j")
    .path("b j")
    .path("c j")
    .path("j joined e")
)
shape(area, "inclusive, two of three", two_of_three, "", "a b joined set END")


def looped_branch(other: str = "true") -> bytes:
    return document(
        Process()
        .start()
        .script("set", set_="n = 0")
        .gate("inclusive", "o", "j")
        .gate("exclusive", "m1", "x1")
        .script("a", set_="n = n + 1")
        .user("b")
        .script("joined")
        .end()
        .path("s set o")
        .when("o", "m1", "true")
        .when("o", "b", other)
        .path("m1 a x1")
        .when("x1", "m1", "n < 3")
        .otherwise("x1", "j")
        .path("b j")
        .path("j joined e")
    )


shape(area, "an inclusive join waits beside a loop", looped_branch(), "", "a a a set ?b")
shape(area, "an inclusive join after a loop fires once", looped_branch(), "do b", "a a a joined set END")
shape(area, "an inclusive join after a loop alone", looped_branch("false"), "", "a a a joined set END")


def pair_in_loop(kind: str, work: str = "script", passes: int = 3) -> bytes:
    process = Process().start().script("set", set_="n = 0").gate("exclusive", "m1", "x1").gate(kind, "o", "j")
    process.script("a", "b") if work == "script" else process.user("a", "b")
    process.script("joined", set_="n = n + 1").end().path("s set m1 o").path("a j").path("b j").path(
        "j joined x1"
    )
    if kind == "inclusive":
        process.when("o", "a", "true").when("o", "b", "n != 1")
    else:
        process.path("o a").path("o b")
    return document(process.when("x1", "m1", f"n < {passes}").otherwise("x1", "e"))


shape(
    area,
    "an inclusive pair in a loop",
    pair_in_loop("inclusive"),
    "",
    "a a a b b joined joined joined set END",
)
shape(
    area,
    "a parallel pair in a loop",
    pair_in_loop("parallel"),
    "",
    "a a a b b b joined joined joined set END",
)
shape(
    area,
    "a parallel pair of tasks in a loop",
    pair_in_loop("parallel", "user", 2),
    "do a; do b; do a; do b",
    "joined joined set END",
)
again = document(
    Process()
    .start()
    .gate("exclusive", "m1", "x1")
    .user("h")
    .end()
    .path("s m1 h x1")
    .when("x1", "m1", "again")
    .otherwise("x1", "e")
)
shape(area, "back to an earlier task", again, "do h again=true; do h again=true", "?h")
out_of_branch = document(
    Process()
    .start()
    .gate("exclusive", "m1", "x1")
    .gate("parallel", "o", "j")
    .user("h", "in1", "in2")
    .end()
    .path("s m1 h o in1 x1")
    .when("x1", "m1", "again")
    .otherwise("x1", "j")
    .path("o in2 j e")
)
shape(area, "back out of a parallel branch", out_of_branch, "do h; do in1 again=true", "?h ?in2")
merged = document(
    Process()
    .start()
    .gate("parallel", "o")
    .gate("exclusive", "j")
    .script("a", "b", "t")
    .end()
    .path("s o a j")
    .path("o b j")
    .path("j t e")
)
shape(area, "two tokens pass an exclusive join one by one", merged, "", "a b t t END")
endless = document(
    Process()
    .start()
    .gate("exclusive", "m1")
    .user("h")
    .gate("parallel", "o")
    .end()
    .path("s m1 h o m1")
    .path("o e")
)
shape(area, "a circle through a merge waits at its task", endless, "do h", "?h")
no_way_out = document(Process().start().gate("parallel", "o").user("h").end().path("s o o").path("o h e"))
shape(area, "a circle of parallel gateways", no_way_out, "", "REFUSED o")


def chain(length: int) -> bytes:
    names = [f"t{number}" for number in range(length)]
    return document(
        Process()
        .start()
        .put("".join(tag("task", id=n) for n in names))
        .script("last")
        .end()
        .path(" ".join(["s", *names, "last e"]))
    )


shape(area, "a chain of 600", chain(600), "", "last END")
shape(area, "a chain of 400", chain(400), "", "last END")
shape(area, "a chain of 150", chain(150), "", "last END")
split = document(Process().start().script("a", "t").end("e", "e2").path("s a t e").path("a e2"))
shape(area, "two flows out of a task", split, "", "a t END")
conditional = document(
    Process()
    .start()
    .script("a", set_="x = 1")
    .script("one", "two")
    .end("e", "e2")
    .path("s a")
    .when("a", "one", "x = 2")
    .otherwise("a", "two")
    .path("one e")
    .path("two e2")
)
shape(area, "a condition and a default out of a task", conditional, "", "a two END")
alone = document(
    Process()
    .start()
    .script("a", set_="x = 1")
    .script("one")
    .end()
    .path("s a")
    .when("a", "one", "x = 2")
    .path("one e")
)
shape(area, "a condition alone out of a task", alone, "", "REFUSED a")

# --- structure ---

area = "structure"
terminated = (
    Sketch()
    .start("s1")
    .gate("parallel", "g1")
    .user("in")
    .end("e1")
    .end("t", event="<terminateEventDefinition/>")
    .path("s1 g1 in e1")
    .path("g1 t")
)
ends_inside = document(Process().start().sub("h", terminated).script("after").end().path("s h after e"))
shape(area, "terminate ends its sub-process only", ends_inside, "", "after END")
called_terminated = Process("q")
called_terminated.elements, called_terminated.flows = terminated.elements, terminated.flows
ends_called = document(
    Process().start().call("h", "q").script("after").end().path("s h after e"), called_terminated
)
shape(area, "terminate ends its called process only", ends_called, "", "after END")
ends_all = document(
    Process()
    .start()
    .gate("parallel", "g1")
    .sub("h", inner_task())
    .user("go")
    .end()
    .end("t", event="<terminateEventDefinition/>")
    .path("s g1 h e")
    .path("g1 go t")
)
shape(area, "terminate ends a whole process", ends_all, "do go", "END")
link = tag("linkEventDefinition", name="L")
linked = document(
    Process().start().throw("to", link).catch("from", link).script("t").end().path("s to").path("from t e")
)
shape(area, "a link", linked, "", "t END")
undo = tag(
    "scriptTask",
    tag("extensionElements", tag("zeebe:script", expression="=1", resultVariable="u")),
    id="undo",
    isForCompensation="true",
)
undone = document(
    Process()
    .start()
    .script("a")
    .beside("b", "a", "<compensateEventDefinition/>")
    .put(undo)
    .throw("t", "<compensateEventDefinition/>")
    .end()
    .put(tag("association", id="as", associationDirection="One", sourceRef="b", targetRef="undo"))
    .path("s a t e")
)
shape(area, "compensation", undone, "", "a undo END")
nothing_to_undo = document(
    Process().start().script("a").throw("t", "<compensateEventDefinition/>").end().path("s a t e")
)
shape(area, "compensation of nothing", nothing_to_undo, "", "a END")
signalled = document(Process().start().end("e", event=event("signal", "g")).path("s e"))
shape(area, "a signal at the end", signalled, "", "END")
simple = document(Process().start().script("t").end().path("s t e"))
shape(area, "flows without ids", re.sub(rb'<sequenceFlow id="[^"]*"', b"<sequenceFlow", simple), "", "t END")
shape(
    area,
    "a start event with the id Start",
    document(Process().start("Start").script("t").end().path("Start t e")),
    "",
    "t END",
)
shape(
    area,
    "an end event with the id End",
    document(Process().start().script("t").end("End").path("s t End")),
    "",
    "t END",
)
named_end = document(Process().start().script("a", "End").end().path("s a End e"))
shape(area, "a task with the id End", named_end, "", "End a END")
no_end = document(
    Process()
    .start()
    .sub("h", Sketch().start("s1").script("in").path("s1 in"))
    .script("after")
    .end()
    .path("s h after e")
)
shape(area, "a sub-process without an end", no_end, "", "after in END")
no_start = document(
    Process()
    .start()
    .sub("h", Sketch().script("in").end("e1").path("in e1"))
    .script("after")
    .end()
    .path("s h after e")
)
shape(area, "a sub-process without a start", no_start, "", "after in END")
shape(area, "a process without a start", document(Process().script("in").end().path("in e")), "", "in END")
plain_sub = Sketch().start("s1").script("in").end("e1").path("s1 in e1")
written_out = document(Process().start().sub("h", plain_sub, triggeredByEvent="false").end().path("s h e"))
shape(area, "triggeredByEvent written out as false", written_out, "", "in END")
data_object = tag("dataObject", id="do", name="d") + tag(
    "dataObjectReference", id="ref", name="d", dataObjectRef="do"
)
through_object = document(
    Process()
    .start()
    .put(data_object)
    .script("a", set_="d = 2")
    .user("b", extra=tag("dataInputAssociation", tag("sourceRef", "ref"), id="ia"))
    .gate("exclusive", "x1")
    .script("two", "other")
    .end("e", "e2")
    .path("s a b x1")
    .when("x1", "two", "d = 2")
    .otherwise("x1", "other")
    .path("two e")
    .path("other e2")
)
shape(area, "a data object between two tasks", through_object, "do b", "a two END")
into_sub = document(
    Process()
    .start()
    .script("set", set_="x = 6")
    .sub("h", Sketch().start("s1").script("in", set_="x = x + 1").end("e1").path("s1 in e1"))
    .gate("exclusive", "g1")
    .script("seven", "other")
    .end("e", "e2")
    .path("s set h g1")
    .when("g1", "seven", "x = 7")
    .otherwise("g1", "other")
    .path("seven e")
    .path("other e2")
)
shape(area, "a variable goes into a sub-process and comes back", into_sub, "", "in set seven END")


def joined(a: str, b: str, check: str, *, first: str = "x = null", b_is_task: bool = False) -> bytes:
    process = Process().start().script("set", set_=first).gate("parallel", "o", "j").script("a", set_=a)
    process.user("b") if b_is_task else process.script("b", set_=b)
    return document(
        process.gate("exclusive", "g1")
        .script("right", "wrong")
        .end("e", "e2")
        .path("s set o a j")
        .path("o b j")
        .path("j g1")
        .when("g1", "right", check)
        .otherwise("g1", "wrong")
        .path("right e")
        .path("wrong e2")
    )


shape(
    area,
    "parallel branches keep both values",
    joined("x = 1", "y = 2", "x = 1 and y = 2"),
    "",
    "a b right set END",
)
newer = joined('x = "new"', "", 'x = "new"', first='x = "old"', b_is_task=True)
shape(area, "a branch that did nothing keeps the newer value", newer, "do b", "a right set END")
nowhere = document(Process().start().user("h").end().path("s h gone"))
shape(area, "a flow to nowhere", nowhere, "", "REFUSED f1_h_gone")
island = document(Process().start().user("h", "island").end().path("s h e"))
shape(area, "a task that no flow reaches", island, "", "REFUSED island")
three_deep = (
    Sketch()
    .start("s1")
    .sub(
        "h2",
        Sketch()
        .start("s2")
        .sub("h3", Sketch().start("s3").user("in").end("e3").path("s3 in e3"))
        .end("e4")
        .path("s2 h3 e4"),
    )
    .end("e1")
    .path("s1 h2 e1")
)
nested_limit = document(
    Process()
    .start()
    .sub("h", three_deep)
    .beside("b", "h", HOUR)
    .script("late", "after")
    .end("e", "e2")
    .path("s h after e")
    .path("b late e2")
)
shape(area, "a limit takes nested sub-processes away", nested_limit, "wait 2", "late END")

# --- multi-instance ---

area = "multi-instance"


def repeating(loop: str) -> bytes:
    return document(Process().start().user("h", loop=loop).script("after").end().path("s h after e"))


shape(area, "enough is enough, parallel", repeating(times(until=DONE)), "do h done=true", "after END")
acts = "do h done=false; do h done=true"
shape(area, "enough is enough, in turn", repeating(times(sequential=True, until=DONE)), acts, "after END")
collecting = document(
    Process()
    .start()
    .script("set", set_='names = ["a", "b"]')
    .user("h", loop=each("names", "n", out="all", output="o"))
    .gate("exclusive", "g1")
    .script("right", "wrong")
    .end("e", "e2")
    .path("s set h g1")
    .when("g1", "right", 'all = ["A", "B"]')
    .otherwise("g1", "wrong")
    .path("right e")
    .path("wrong e2")
)
shape(area, "over a collection, with an output", collecting, "do h o=A; do h o=B", "right set END")
empty = document(
    Process()
    .start()
    .script("set", set_="names = []")
    .user("h", loop=each("names", "n"))
    .script("after")
    .end()
    .path("s set h after e")
)
shape(area, "over an empty collection", empty, "", "after set END")
automatic = Sketch().start("s1").script("in").end("e1").path("s1 in e1")
three_subs = document(
    Process().start().sub("h", automatic, times()).script("after").end().path("s h after e")
)
shape(area, "a sub-process three times", three_subs, "", "after in in in END")
timed = (
    Sketch()
    .start("s1")
    .user("in")
    .beside("b", "in", HOUR, interrupting=False)
    .script("late")
    .end("e1", "e2")
    .path("s1 in e1")
    .path("b late e2")
)
timed_inside = document(Process().start().sub("h", timed, times()).end().path("s h e"))
shape(area, "a reminder inside each", timed_inside, "wait 2", "late late late ?in ?in ?in")
called_thrice = guarded("call", loop=times())
shape(area, "a limit takes three called processes away", called_thrice, "do in; wait 2", "late END")
shape(area, "a limit takes three sub-processes away", guarded("sub", loop=times()), "wait 2", "late END")
subs_in_turn = guarded("sub", loop=times(sequential=True))
shape(area, "a limit takes a sequence of sub-processes away", subs_in_turn, "wait 2", "late END")
acts = "wait 2; do in; do in; do in"
shape(
    area,
    "three sub-processes reminded and done",
    guarded("sub", interrupting=False, loop=times()),
    acts,
    "after late END",
)
one_fails = (
    Sketch()
    .start("s1")
    .user("in")
    .gate("exclusive", "x1")
    .end("t", event=event("error", "r"))
    .end("e1")
    .path("s1 in x1")
    .when("x1", "t", "bad")
    .otherwise("x1", "e1")
)
failing_one = document(
    Process()
    .start()
    .sub("h", one_fails, times())
    .beside("b", "h", event("error", "r"))
    .script("caught", "after")
    .end("e", "e2")
    .path("s h after e")
    .path("b caught e2")
)
shape(area, "an error of one ends all", failing_one, "do in bad=true", "caught END")
shape(
    area,
    "a message takes three sub-processes away",
    guarded("sub", message, loop=times()),
    "send m",
    "late END",
)
shape(
    area,
    "enough of three sub-processes",
    guarded("sub", loop=times(until=DONE)),
    "do in done=true; wait 2",
    "after END",
)
deep = (
    Sketch()
    .start("s1")
    .sub("deep", Sketch().start("s2").user("in").end("e3").path("s2 in e3"), times())
    .end("e1")
    .path("s1 deep e1")
)
inside_cancelled = document(
    Process()
    .start()
    .sub("h", deep)
    .beside("b", "h", HOUR)
    .script("late", "after")
    .end("e", "e2")
    .path("s h after e")
    .path("b late e2")
)
shape(area, "inside a sub-process that is taken away", inside_cancelled, "wait 2", "late END")
beside_terminate = document(
    Process()
    .start()
    .gate("parallel", "g1")
    .sub("h", inner_task(), times())
    .user("go")
    .end()
    .end("t", event="<terminateEventDefinition/>")
    .path("s g1 h e")
    .path("g1 go t")
)
shape(area, "beside a terminate end", beside_terminate, "do go", "END")
standard = document(
    Process()
    .start()
    .script("t", loop=tag("standardLoopCharacteristics", loopMaximum="3"))
    .end()
    .path("s t e")
)
shape(area, "a standard loop", standard, "", "t t t END")

# --- conditional events ---

area = "conditional"
boundary = document(
    Process()
    .start()
    .put(data_object)
    .script("init", set_="d = false")
    .gate("parallel", "g1")
    .user("h", "other")
    .beside("b", "h", condition("d"))
    .script("late")
    .script("set", set_="d = true")
    .end("e", "e2", "e3")
    .path("s init g1 h e")
    .path("g1 other set e3")
    .path("b late e2")
)
shape(area, "a boundary event wakes on a data object", boundary, "do other", "init late set END")
waits = document(
    Process()
    .start()
    .script("set", set_="x = 0")
    .gate("parallel", "o")
    .catch("c", condition("x = 1"))
    .script("t")
    .user("h")
    .script("one", set_="x = 1")
    .end("e", "e2")
    .path("s set o c t e")
    .path("o h one e2")
)
shape(area, "a catch event wakes on a variable", waits, "do h", "one set t END")
true_already = document(
    Process()
    .start()
    .script("set", set_="x = 1")
    .catch("c", condition("x = 1"))
    .script("t")
    .end()
    .path("s set c t e")
)
shape(area, "a condition that holds on arrival", true_already, "", "set t END")
