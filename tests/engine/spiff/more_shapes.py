"""Further shapes: traps that only show when two things meet."""

from __future__ import annotations

from tests.engine.spiff.shapes import HOUR, Shape, guarded, inner_task
from tests.engine.spiff.sketch import (
    Process,
    Sketch,
    condition,
    document,
    each,
    event,
    extension,
    tag,
    timer,
    times,
)

SHAPES: list[Shape] = []
TERMINATE = "<terminateEventDefinition/>"
COMPENSATE = "<compensateEventDefinition/>"


def shape(name: str, xml: bytes, acts: str, outcome: str) -> None:
    SHAPES.append(Shape("more", name, xml, acts, outcome))


reminder_task = document(
    Process()
    .start()
    .user("h", "other")
    .script("after")
    .end("e", "e2")
    .beside("b", "h", timer("R/PT1H", "Cycle"), interrupting=False)
    .path("s h after e")
    .path("b other e2")
)
shape("a reminder's task outlives the task", reminder_task, "wait 1.5; do h", "after ?other")
signal_twice = guarded("user", event("signal", "g"), interrupting=False)
shape("a signal twice beside a task", signal_twice, "signal g; signal g", "late late ?h")

branch_in_sub = document(
    Process()
    .start()
    .gate("inclusive", "o", "j")
    .sub("h", inner_task())
    .gate("exclusive", "x1")
    .script("a", "joined")
    .end("e", "e2")
    .path("s o")
    .when("o", "a", "true")
    .when("o", "h", "true")
    .path("a j")
    .path("h x1")
    .when("x1", "j", "true")
    .otherwise("x1", "e2")
    .path("j joined e")
)
shape("an inclusive join waits for a branch in a sub-process", branch_in_sub, "", "a ?in")
shape("and goes on when it is done", branch_in_sub, "do in", "a joined END")
multi_branch = document(
    Process()
    .start()
    .gate("inclusive", "o", "j")
    .user("h", loop=times(2))
    .script("a", "joined")
    .end()
    .path("s o")
    .when("o", "a", "true")
    .when("o", "h", "true")
    .path("a j")
    .path("h j")
    .path("j joined e")
)
shape("an inclusive join waits for a multi-instance", multi_branch, "do h", "a ?h")
shape("and goes on when all are done", multi_branch, "do h; do h", "a joined END")
boundary_branch = document(
    Process()
    .start()
    .gate("inclusive", "o", "j")
    .user("h")
    .script("a", "joined")
    .end()
    .beside("b", "h", HOUR)
    .path("s o")
    .when("o", "a", "true")
    .when("o", "h", "true")
    .path("a j")
    .path("h j")
    .path("b j")
    .path("j joined e")
)
shape("an inclusive join waits for a boundary event's way", boundary_branch, "", "a ?h")
shape("and goes on by it", boundary_branch, "wait 2", "a joined END")
two_joins = document(
    Process()
    .start()
    .gate("parallel", "o")
    .gate("inclusive", "j1", "j2")
    .user("u", "v")
    .script("one", "two")
    .end("e", "e2")
    .path("s o u j1 one e")
    .path("o v j2 two e2")
    .path("o j1")
    .path("o j2")
)
shape("two inclusive joins do not wait for each other", two_joins, "do u", "one ?v")

beside_thrower = document(
    Process()
    .start()
    .gate("parallel", "o")
    .sub(
        "t1",
        Sketch().start("s1").throw("t", event("escalation", "x")).user("in").end("e1").path("s1 t in e1"),
    )
    .sub("other", Sketch().start("s2").user("in2").end("e3").path("s2 in2 e3"))
    .beside("b", "other", event("escalation", "x"))
    .script("wrong")
    .end("e", "e2", "e4")
    .path("s o t1 e")
    .path("o other e2")
    .path("b wrong e4")
)
shape("an escalation is not caught beside its thrower", beside_thrower, "", "?in ?in2")
both_catch = document(
    Process()
    .start()
    .gate("parallel", "o")
    .catch("c", event("message", "m"))
    .catch("d", event("message", "m"))
    .script("one", "two")
    .end("e", "e2")
    .path("s o c one e")
    .path("o d two e2")
)
shape("a message has one receiver", both_catch, "send m", "one")
shape("a second message has the other", both_catch, "send m; send m", "one two END")
excess = document(
    Process()
    .start()
    .gate("parallel", "o", "j")
    .gate("exclusive", "m1")
    .script("t")
    .user("late")
    .end()
    .path("s o m1 j t e")
    .path("o m1")
    .path("o late j")
)
shape("a parallel join keeps what is too much", excess, "do late", "t")

nested_multi = document(
    Process()
    .start()
    .sub("h", Sketch().start("s3").sub("deep", inner_task(), times(2)).end("e3").path("s3 deep e3"), times(2))
    .beside("b", "h", HOUR)
    .script("late")
    .end("e", "e2")
    .path("s h e")
    .path("b late e2")
)
shape("a limit takes a multi-instance of multi-instances away", nested_multi, "do in; wait 2", "late END")
error_of_called = document(
    Process()
    .start()
    .call("h", "q", times())
    .beside("b", "h", event("error", "r"))
    .script("caught", "after")
    .end("e", "e2")
    .path("s h after e")
    .path("b caught e2"),
    Process("q").start("s1").user("in").end("t", event=event("error", "r")).path("s1 in t"),
)
shape("an error out of one of several called processes", error_of_called, "do in", "caught END")
precise = document(
    Process()
    .start()
    .sub("h", Sketch().start("s1").end("t", event=event("error", "r")).path("s1 t"))
    .beside("all", "h", event("error"))
    .beside("b", "h", event("error", "r"))
    .script("any", "exact")
    .end("e", "e2", "e3")
    .path("s h e")
    .path("all any e2")
    .path("b exact e3")
)
shape("a matching code goes before a catch-all", precise, "", "exact END")
outer_error = document(
    Process()
    .start()
    .sub(
        "h",
        Sketch()
        .start("s1")
        .sub("i", Sketch().start("s2").end("t", event=event("error", "r")).path("s2 t"))
        .beside("b1", "i", event("error", "q2"))
        .script("wrong")
        .end("e1", "e4")
        .path("s1 i e1")
        .path("b1 wrong e4"),
    )
    .beside("b", "h", event("error", "r"))
    .script("right")
    .end("e", "e2")
    .path("s h e")
    .path("b right e2")
)
shape("an error passes a boundary of another code", outer_error, "", "right END")


def with_handler(happening: str, *, interrupting: bool, inside: Sketch, body: Sketch) -> Sketch:
    handler = Sketch().start("s9", happening, isInterrupting=str(interrupting).lower())
    handler.elements += inside.elements
    handler.flows += inside.flows
    return body.handler("esp", handler)


message = event("message", "m")
work = Sketch().start("s1").user("h").end("e1").path("s1 h e1")
asks = Sketch().user("q").end("e9").path("s9 q e9")
holding = with_handler(message, interrupting=False, inside=asks, body=work)
process = Process()
process.elements, process.flows = holding.elements, holding.flows
shape("a handler's task holds its process open", document(process), "send m; do h", "?q")
shape("until it is done", document(process), "send m; do h; do q", "END")
shape("a handler runs twice at a time", document(process), "send m; send m", "?h ?q ?q")
ends_called = Process("q")
body = Sketch().start("s1").user("h").end("e1").path("s1 h e1")
filled = with_handler(
    message, interrupting=True, inside=Sketch().script("handled").end("e9").path("s9 handled e9"), body=body
)
ends_called.elements, ends_called.flows = filled.elements, filled.flows
shape(
    "a handler ends a called process",
    document(Process().start().call("c", "q").script("out").end().path("s c out e"), ends_called),
    "send m",
    "handled out END",
)
terminated = Process()
body = (
    Sketch()
    .start("s1")
    .gate("parallel", "g1")
    .user("h", "go")
    .end("e1")
    .end("t", event=TERMINATE)
    .path("s1 g1 h e1")
    .path("g1 go t")
)
filled = with_handler(
    message, interrupting=False, inside=Sketch().user("q").end("e9").path("s9 q e9"), body=body
)
terminated.elements, terminated.flows = filled.elements, filled.flows
shape("terminate ends handlers too", document(terminated), "send m; do go", "END")
escalating_handler = Process()
body = Sketch().start("s1").throw("t", event("escalation", "x")).end("e1").path("s1 t e1")
filled = with_handler(
    event("escalation", "x"),
    interrupting=False,
    inside=Sketch()
    .script("handled")
    .throw("t9", event("escalation", "x"))
    .end("e9")
    .path("s9 handled t9 e9"),
    body=body,
)
escalating_handler.elements, escalating_handler.flows = filled.elements, filled.flows
shape("a handler does not catch what it throws", document(escalating_handler), "", "handled END")
sub_timer = with_handler(
    timer("R/PT1H", "Cycle"),
    interrupting=False,
    inside=Sketch().script("handled").end("e9").path("s9 handled e9"),
    body=Sketch().start("s1").user("in").end("e1").path("s1 in e1"),
)
shape(
    "a handler in each of two sub-processes",
    document(Process().start().sub("h", sub_timer, times(2)).end().path("s h e")),
    "wait 1.5; do in; wait 1",
    "handled handled handled ?in",
)
error_handler = with_handler(
    event("error", "r"),
    interrupting=True,
    inside=Sketch().script("handled").end("e9").path("s9 handled e9"),
    body=Sketch()
    .start("s1")
    .gate("parallel", "g1")
    .user("in")
    .end("e1")
    .end("t", event=event("error", "r"))
    .path("s1 g1 in e1")
    .path("g1 t"),
)
shape(
    "an error inside is handled inside",
    document(Process().start().sub("h", error_handler).script("out").end().path("s h out e")),
    "",
    "handled out END",
)
when_true = with_handler(
    condition("x > 1"),
    interrupting=False,
    inside=Sketch().script("handled").end("e9").path("s9 handled e9"),
    body=Sketch()
    .start("s1")
    .gate("exclusive", "m1", "x1")
    .user("h")
    .end("e1")
    .path("s1 m1 h x1")
    .when("x1", "m1", "again")
    .otherwise("x1", "e1"),
)
process = Process()
process.elements, process.flows, process.defaults = when_true.elements, when_true.flows, when_true.defaults
acts = "do h x=2 again=true; do h x=3 again=true"
shape(
    "a condition fires once while it holds", document(process), "do h x=0 again=true; " + acts, "handled ?h"
)
acts = "do h x=2 again=true; do h x=0 again=true; do h x=2 again=true"
shape(
    "and again when it has been false",
    document(process),
    "do h x=0 again=true; " + acts,
    "handled handled ?h",
)

items = document(
    Process()
    .start()
    .script("set", set_='names = ["a", "b"]')
    .sub(
        "h",
        Sketch().start("s1").user("in").script("keep", set_="reply = n").end("e1").path("s1 in keep e1"),
        each("names", "n", out="all", output="reply"),
    )
    .gate("exclusive", "g1")
    .script("right", "wrong")
    .end("e", "e2")
    .path("s set h g1")
    .when("g1", "right", 'all = ["a", "b"]')
    .otherwise("g1", "wrong")
    .path("right e")
    .path("wrong e2")
)
shape("each sub-process keeps its item", items, "do in; do in", "keep keep right set END")
in_order = document(
    Process()
    .start()
    .user("h", loop=each("[1, 2, 3]", "n", out="all", output="o"))
    .gate("exclusive", "g1")
    .script("right", "wrong")
    .end("e", "e2")
    .path("s h g1")
    .when("g1", "right", "all = [7, 8, 9]")
    .otherwise("g1", "wrong")
    .path("right e")
    .path("wrong e2")
)
shape("outputs stand in the order of the items", in_order, "do h o=7; do h o=8; do h o=9", "right END")
counting = document(
    Process()
    .start()
    .script("t", set_="n = loopCounter", loop=times(4, sequential=True))
    .gate("exclusive", "g1")
    .script("right", "wrong")
    .end("e", "e2")
    .path("s t g1")
    .when("g1", "right", "n = 4")
    .otherwise("g1", "wrong")
    .path("right e")
    .path("wrong e2")
)
shape("loopCounter counts from one", counting, "", "right t t t t END")
enough = document(
    Process()
    .start()
    .user("h", loop=times(5, until="numberOfCompletedInstances >= 2"))
    .script("after")
    .end()
    .path("s h after e")
)
shape("enough by number", enough, "do h; do h", "after END")
while_loop = document(
    Process()
    .start()
    .script("set", set_="n = 0")
    .script(
        "t",
        set_="n = n + 1",
        loop=tag("standardLoopCharacteristics", tag("loopCondition", "n &lt; 3"), testBefore="true"),
    )
    .end()
    .path("s set t e")
)
shape("a loop that tests before", while_loop, "", "set t t t END")
never = document(
    Process()
    .start()
    .script("t", loop=tag("standardLoopCharacteristics", tag("loopCondition", "false"), testBefore="true"))
    .end()
    .path("s t e")
)
shape("a loop that never begins", never, "", "END")

called = Process("q").start("s1").script("keep", set_="other = 1").user("in").end("e1").path("s1 keep in e1")
only_own = document(
    Process()
    .start()
    .script("set", set_='x = "old"')
    .gate("parallel", "o", "j")
    .call("h", "q")
    .script("newer", set_='x = "new"')
    .gate("exclusive", "g1")
    .script("right", "wrong")
    .end("e", "e2")
    .path("s set o h j")
    .path("o newer j")
    .path("j g1")
    .when("g1", "right", 'x = "new" and other = 1')
    .otherwise("g1", "wrong")
    .path("right e")
    .path("wrong e2"),
    called,
)
shape(
    "a called process hands back what it wrote, and nothing else",
    only_own,
    "do in",
    "keep newer right set END",
)
mapping = extension(
    tag(
        "zeebe:calledElement",
        processId="q",
        propagateAllParentVariables="false",
        propagateAllChildVariables="false",
    ),
    tag(
        "zeebe:ioMapping",
        tag("zeebe:input", source="=a + 1", target="b") + tag("zeebe:output", source="=b * 10", target="c"),
    ),
)
mapped = document(
    Process()
    .start()
    .script("set", set_="a = 1")
    .put(tag("callActivity", mapping, id="h"))
    .gate("exclusive", "g1")
    .script("right", "wrong")
    .end("e", "e2")
    .path("s set h g1")
    .when("g1", "right", "c = 20 and b = null")
    .otherwise("g1", "wrong")
    .path("right e")
    .path("wrong e2"),
    Process("q")
    .start("s1")
    .gate("exclusive", "x1")
    .script("in", "not")
    .end("e1", "e3")
    .path("s1 x1")
    .when("x1", "in", "a = null and b = 2")
    .otherwise("x1", "not")
    .path("in e1")
    .path("not e3"),
)
shape("mappings say what goes in and out of a call", mapped, "", "in right set END")
by_expression = document(
    Process()
    .start()
    .script("set", set_='which = "q"')
    .put(tag("callActivity", extension(tag("zeebe:calledElement", processId="=which")), id="h"))
    .script("after")
    .end()
    .path("s set h after e"),
    Process("q").start("s1").script("in").end("e1").path("s1 in e1"),
)
shape("a call by expression", by_expression, "", "after in set END")


def undo(name: str, kind: str = "scriptTask") -> str:
    body = extension(tag("zeebe:script", expression="=1", resultVariable="u")) if kind == "scriptTask" else ""
    return tag(kind, body, id=name, isForCompensation="true")


def undoable(thrower: str, *, kind: str = "scriptTask") -> bytes:
    tie = "".join(tag("association", id=f"as{n}", sourceRef=f"b{n}", targetRef=f"undo{n}") for n in (1, 2))
    return document(
        Process()
        .start()
        .script("a1", "a2")
        .beside("b1", "a1", COMPENSATE)
        .beside("b2", "a2", COMPENSATE)
        .put(undo("undo1", kind) + undo("undo2", kind) + tie + thrower)
        .script("after")
        .end()
        .path("s a1 a2 t after e")
    )


one_only = undoable(tag("intermediateThrowEvent", tag("compensateEventDefinition", activityRef="a1"), id="t"))
shape("compensation of one activity", one_only, "", "a1 a2 after undo1 END")
by_hand = undoable(tag("intermediateThrowEvent", COMPENSATE, id="t"), kind="userTask")
shape("compensation by a person, the last first", by_hand, "", "a1 a2 ?undo2")
shape("compensation by a person, then the first", by_hand, "do undo2", "a1 a2 ?undo1")
shape("compensation by a person, done", by_hand, "do undo2; do undo1", "a1 a2 after END")
undone_at_end = document(
    Process()
    .start()
    .script("a")
    .beside("b", "a", COMPENSATE)
    .put(undo("undo"))
    .end("t", event=COMPENSATE)
    .put(tag("association", id="as", sourceRef="b", targetRef="undo"))
    .path("s a t")
)
shape("compensation at the end", undone_at_end, "", "a undo END")

race_again = document(
    Process()
    .start()
    .gate("exclusive", "m1", "x1")
    .gate("eventBased", "w")
    .catch("c", HOUR)
    .catch("d", message)
    .script("t")
    .script("got")
    .end()
    .path("s m1 w c t x1")
    .path("w d got e")
    .when("x1", "m1", "true")
    .otherwise("x1", "e")
)
shape("a race that is run again", race_again, "wait 2.5; send m", "got t t END")
receive = document(
    Process()
    .start()
    .gate("eventBased", "w")
    .node("receiveTask", "d", messageRef="m")
    .catch("c", HOUR)
    .script("got", "t")
    .end("e", "e2")
    .path("s w d got e")
    .path("w c t e2")
)
shape("a receive task in a race", receive, "send m", "got END")
receive_limit = document(
    Process()
    .start()
    .node("receiveTask", "h", messageRef="m")
    .beside("b", "h", HOUR)
    .script("late", "after")
    .end("e", "e2")
    .path("s h after e")
    .path("b late e2")
)
shape("a receive task with a limit", receive_limit, "wait 2", "late END")
shape("a receive task in time", receive_limit, "send m; wait 2", "after END")
two_links = document(
    Process()
    .start()
    .gate("parallel", "o")
    .throw("a", tag("linkEventDefinition", name="L"))
    .throw("b", tag("linkEventDefinition", name="L"))
    .catch("from", tag("linkEventDefinition", name="L"))
    .script("t")
    .end()
    .path("s o a")
    .path("o b")
    .path("from t e")
)
shape("two links to one place", two_links, "", "t t END")
three_ways = document(
    Process()
    .start()
    .user("h")
    .script("a", "b", "c")
    .end("e", "e2", "e3")
    .path("s h")
    .when("h", "a", "x = 1")
    .when("h", "b", "x > 0")
    .otherwise("h", "c")
    .path("a e")
    .path("b e2")
    .path("c e3")
)
shape("two of three conditions out of a task", three_ways, "do h x=1", "a b END")
shape("no condition but the default out of a task", three_ways, "do h x=0", "c END")
inclusive_default = document(
    Process()
    .start()
    .user("h")
    .gate("inclusive", "o")
    .script("a", "c")
    .end("e", "e3")
    .path("s h o")
    .when("o", "a", "x = 1")
    .otherwise("o", "c")
    .path("a e")
    .path("c e3")
)
shape("the default of an inclusive choice", inclusive_default, "do h x=2", "c END")
from_start = document(Process().start().script("a", "b").end("e", "e2").path("s a e").path("s b e2"))
shape("two flows out of a start event", from_start, "", "a b END")
implied = document(Process().script("a", "b").end("e", "e2").path("a e").path("b e2"))
shape("two implied starts", implied, "", "a b END")
throws_signal = document(
    Process()
    .start()
    .gate("parallel", "o")
    .catch("c", event("signal", "g"))
    .script("got")
    .throw("t", event("signal", "g"))
    .user("h")
    .end("e", "e2")
    .path("s o c got e")
    .path("o h t e2")
)
shape("a signal reaches its own process", throws_signal, "do h", "got END")
ends_itself = document(
    Process()
    .start()
    .sub(
        "h", Sketch().start("s1").throw("t", event("signal", "g")).script("not").end("e1").path("s1 t not e1")
    )
    .beside("b", "h", event("signal", "g"))
    .script("caught")
    .end("e", "e2")
    .path("s h e")
    .path("b caught e2")
)
shape("a signal ends the sub-process that throws it", ends_itself, "", "caught END")
filtered = document(
    Process()
    .start()
    .gate("parallel", "o")
    .user("h", "other")
    .beside(
        "b",
        "h",
        tag(
            "conditionalEventDefinition",
            extension(tag("zeebe:conditionalFilter", variableNames="x")) + tag("condition", "=y = 1"),
        ),
    )
    .script("late")
    .end("e", "e2", "e3")
    .path("s o h e")
    .path("o other e3")
    .path("b late e2")
)
shape("a filtered condition does not look at other variables", filtered, "do other y=1", "?h")
together = document(
    Process()
    .start()
    .gate("parallel", "o")
    .user("h", "other")
    .beside(
        "b",
        "h",
        tag(
            "conditionalEventDefinition",
            extension(tag("zeebe:conditionalFilter", variableNames="x")) + tag("condition", "=y = 1"),
        ),
    )
    .script("late")
    .end("e", "e2", "e3")
    .path("s o h e")
    .path("o other e3")
    .path("b late e2")
)
shape("a filtered condition looks when its variable is written", together, "do other y=1 x=1", "late END")
ordered = document(
    Process()
    .start()
    .gate("parallel", "o")
    .catch("c", timer("PT2H"))
    .catch("d", HOUR)
    .script("set2", set_="last = 2")
    .script("set1", set_="last = 1")
    .gate("parallel", "j")
    .gate("exclusive", "g1")
    .script("right", "wrong")
    .end("e", "e2")
    .path("s o c set2 j")
    .path("o d set1 j")
    .path("j g1")
    .when("g1", "right", "last = 2")
    .otherwise("g1", "wrong")
    .path("right e")
    .path("wrong e2")
)
shape("timers that are late fire in their order", ordered, "sleep 10", "right set1 set2 END")
