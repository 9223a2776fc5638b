"""What is refused, or warned of, and by which element."""

from __future__ import annotations

import pytest

from engine.spiff import DiagramRefused, Finding, read_bundle
from tests.engine.spiff.shapes import guarded, inner_task
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

COMPENSATE = "<compensateEventDefinition/>"


def findings(xml: bytes, name: str = "test.bpmn") -> list[Finding]:
    try:
        return list(read_bundle({name: xml}).findings)
    except DiagramRefused as refused:
        return list(refused.findings)


def task(kind: str, inside: str = "", **attributes: str) -> bytes:
    return document(Process().start().node(kind, "t", inside, **attributes).end().path("s t e"))


def catching(definition: str) -> bytes:
    return document(Process().start().catch("t", definition).end().path("s t e"))


def throwing(definition: str) -> bytes:
    return document(Process().start().throw("t", definition).end().path("s t e"))


def looping(loop: str) -> bytes:
    return document(Process().start().user("t", loop=loop).end().path("s t e"))


def in_handler(*starts: str) -> bytes:
    inner = Sketch().script("x1")
    for number, start in enumerate(starts):
        inner.start(f"s{number}", start).path(f"s{number} x1")
    return document(Process().start().user("h").end().handler("t", inner).path("s h e"))


def choice(kind: str) -> Process:
    return (
        Process().start().gate(kind, "t").user("a", "b").end("e", "e2").path("s t").path("a e").path("b e2")
    )


REFUSED = [
    ("no-process", "", document()),
    ("empty", "p", document(Process())),
    ("no-start", "p", document(Process().user("a").gate("exclusive", "g1").path("a g1 a"))),
    ("no-id", "", document(Process().start().put("<userTask/>").end().path("s e"))),
    ("id-twice", "h", document(Process().start().user("h", "h").end().path("s h e"))),
    ("flow-to-nowhere", "f0_s_h", document(Process().start().end().path("s h"))),
    ("flow-out-of-end", "e", document(Process().start().end().user("h").path("s e h"))),
    (
        "flow-into-start",
        "s",
        document(
            Process()
            .start()
            .gate("exclusive", "x1")
            .end()
            .path("s x1")
            .when("x1", "s", "a")
            .otherwise("x1", "e")
        ),
    ),
    (
        "flow-at-handler",
        "t",
        document(Process().start().end().handler("t", Sketch().start("s1", timer("PT1H"))).path("s t e")),
    ),
    (
        "flow-to-nowhere",
        "f0_s1_h",
        document(
            Process().start().user("h").end().sub("t", Sketch().start("s1").path("s1 h")).path("s t h e")
        ),
    ),
    (
        "default-elsewhere",
        "t",
        document(choice("exclusive").path("t a").path("t b")).replace(b'id="t"', b'id="t" default="gone"'),
    ),
    ("choice-without-condition", "f3_t_a", document(choice("exclusive").path("t a").otherwise("t", "b"))),
    ("condition-at-gateway", "f3_t_a", document(choice("parallel").when("t", "a", "x").path("t b"))),
    (
        "default-with-condition",
        "f4_t_b",
        document(choice("exclusive").when("t", "a", "x").when("t", "b", "y")).replace(
            b'id="t"', b'id="t" default="f4_t_b"'
        ),
    ),
    (
        "conditions-without-default",
        "t",
        document(Process().start().user("t", "a").end().path("s t").when("t", "a", "x").path("a e")),
    ),
    ("unreachable", "a", document(Process().start().user("h", "a").end().path("s h e"))),
    (
        "circle",
        "a",
        document(
            Process().start().gate("parallel", "g1").user("a", "b").end().path("s g1 a b a").path("g1 e")
        ),
    ),
    ("event-subprocess-start", "t", in_handler()),
    ("event-subprocess-start", "t", in_handler("")),
    ("event-subprocess-start", "t", in_handler(timer("PT1H"), timer("PT2H"))),
    (
        "several-starts",
        "t",
        document(Process().start().sub("t", inner_task().start("s5").path("s5 e1")).end().path("s t e")),
    ),
    (
        "several-starts",
        "p",
        document(Process().start("s", "").start("s0").user("h").end().path("s h e").path("s0 h")),
    ),
    ("trigger", "s", document(Process().start("s", condition("x")).end().path("s e"))),
    ("trigger", "s", document(Process().start("s", event("error", "r")).end().path("s e"))),
    (
        "trigger",
        "s1",
        document(Process().start().sub("h", Sketch().start("s1", timer("PT1H"))).end().path("s h e")),
    ),
    ("trigger", "t", catching("")),
    ("trigger", "t", catching(event("escalation", "x"))),
    ("trigger", "t", throwing(timer("PT1H"))),
    ("trigger", "b", guarded("user", "")),
    ("several-triggers", "t", catching(timer("PT1H") + event("message", "m"))),
    ("error-interrupts", "b", guarded("sub", event("error", "r"), interrupting=False)),
    ("no-error", "t", document(Process().start().end("t", event=event("error", "gone")).path("s t"))),
    ("no-error", "t", document(Process().start().end("t", event=event("error")).path("s t"))),
    ("no-escalation", "t", throwing(event("escalation"))),
    ("no-signal", "t", catching(event("signal", "gone"))),
    ("no-signal", "t", catching(event("signal"))),
    ("no-condition", "t", catching("<conditionalEventDefinition/>")),
    ("no-message", "t", catching(event("message", "gone"))),
    ("no-message", "t", catching(event("message"))),
    ("no-message", "t", task("receiveTask")),
    ("no-message", "t", task("sendTask")),
    ("no-time", "t", catching("<timerEventDefinition/>")),
    ("no-time", "t", catching("<timerEventDefinition><timeDate/></timerEventDefinition>")),
    ("cycle-passed-once", "t", catching(timer("R3/PT1H", "Cycle"))),
    ("cycle-passed-once", "b", guarded("user", timer("R3/PT1H", "Cycle"))),
    ("bad-time", "t", catching(timer("PT"))),
    ("bad-time", "t", catching(timer("P1X"))),
    ("bad-time", "t", catching(timer("P0D"))),
    ("bad-time", "t", catching(timer("2026-04-31", "Date"))),
    ("bad-time", "t", catching(timer('=date("2026-04-31")', "Date"))),
    ("bad-time", "t", catching(timer('=duration("P1X")'))),
    ("bad-time", "t", catching(timer("2026-01-01T25:00:00", "Date"))),
    ("bad-time", "t", catching(timer("PT1H", "Date"))),
    ("bad-time", "b", guarded("user", timer("R0/PT1H", "Cycle"), interrupting=False)),
    ("feel", "t", catching(timer("5 minutes"))),
    ("feel", "t", catching(timer("=(1", "Date"))),
    ("due-as-time", "t", catching(timer("= limit.due", "Date"))),
    (
        "literal-length",
        "t",
        document(
            Process().start().catch("t", extension(properties(rule="r")) + timer("P6W")).end().path("s t e")
        ),
    ),
    ("boundary-of-nothing", "b", guarded("user").replace(b'attachedToRef="h"', b'attachedToRef="gone"')),
    ("boundary-of-nothing", "b", guarded("user").replace(b'attachedToRef="h"', b'attachedToRef="e"')),
    ("no-handler", "b", guarded("user", COMPENSATE)),
    ("compensation-elsewhere", "t", throwing(tag("compensateEventDefinition", activityRef="gone"))),
    (
        "handler-of-nothing",
        "u",
        document(Process().start().node("userTask", "u", isForCompensation="true").end().path("s e")),
    ),
    ("link", "t", throwing(tag("linkEventDefinition", name="L"))),
    ("link", "t", catching(tag("linkEventDefinition", name="L"))),
    ("race", "t", document(Process().start().gate("eventBased", "t").user("h").end().path("s t h e"))),
    ("race", "t", document(Process().start().gate("eventBased", "t").path("s t"))),
    ("no-job-type", "t", task("serviceTask")),
    ("job-type", "t", task("serviceTask", extension(tag("zeebe:taskDefinition", type="mail")))),
    ("message-at-task", "t", task("serviceTask", extension(tag("zeebe:taskDefinition", type="ehc:message")))),
    ("no-message", "t", throwing(tag("messageEventDefinition"))),
    ("job-at-task", "t", task("businessRuleTask", extension(tag("zeebe:taskDefinition", type="ehc:notice")))),
    ("no-script", "t", task("scriptTask")),
    ("feel", "t", task("scriptTask", "<script>print('hello')</script>")),
    ("feel", "t", task("scriptTask", "<script>x = 5; y</script>")),
    ("no-decision", "t", task("businessRuleTask")),
    (
        "decision-missing",
        "t",
        task(
            "businessRuleTask", extension(tag("zeebe:calledDecision", decisionId="gone", resultVariable="x"))
        ),
    ),
    ("no-called-process", "t", task("callActivity")),
    ("called-process-missing", "t", task("callActivity", calledElement="gone")),
    ("multi-instance", "t", looping("<multiInstanceLoopCharacteristics/>")),
    ("number-of-times", "t", looping(times(-1))),
    ("number-of-times", "t", looping(times(2).replace(">2<", ">2.5<"))),
    ("half-an-output", "t", looping(each("a", "b", out="all").replace('outputElement="="', ""))),
    ("endless-loop", "t", looping("<standardLoopCharacteristics/>")),
    ("number-of-times", "t", looping('<standardLoopCharacteristics loopMaximum="-3"/>')),
    (
        "mapping-target",
        "t",
        task("userTask", extension(tag("zeebe:ioMapping", tag("zeebe:input", source="=1", target="")))),
    ),
    ("not-supported", "t", task("transaction")),
    ("not-supported", "t", task("adHocSubProcess")),
    ("not-supported", "t", document(Process().start().gate("complex", "t").end().path("s t e"))),
    ("not-supported", "t", task("userTask", startQuantity="2")),
    ("not-supported", "t", task("receiveTask", messageRef="m", instantiate="true")),
    ("not-supported", "t", looping(times().replace("isSequential", 'behavior="One" isSequential'))),
    (
        "not-supported",
        "t",
        document(
            Process()
            .start()
            .node("eventBasedGateway", "t", eventGatewayType="Parallel")
            .catch("c", timer("PT1H"))
            .path("s t c")
        ),
    ),
    ("not-supported", "t", catching("<eventDefinitionRef>x</eventDefinitionRef>" + timer("PT1H"))),
    (
        "not-supported",
        "t",
        document(Process().start().end("t", event="<cancelEventDefinition/>").path("s t")),
    ),
    (
        "not-supported",
        "p",
        document(Process("p").start().end().put("<correlationSubscription/>").path("s e")),
    ),
    ("unknown-attribute", "b", guarded("user").replace(b"cancelActivity", b"cancelActvity")),
    ("unknown-extension", "t", task("userTask", extension("<zeebe:executionListeners/>"))),
    ("unknown-extension", "t", task("userTask", extension("<zeebe:usrTask/>"))),
    (
        "data-mapping",
        "t",
        task(
            "userTask",
            '<dataInputAssociation id="d1"><sourceRef>a</sourceRef><transformation>x</transformation></dataInputAssociation>',
        ),
    ),
    ("feel", "f3_t_a", document(choice("exclusive").when("t", "a", "x = ").otherwise("t", "b"))),
    (
        "feel",
        "f3_t_a",
        document(choice("exclusive").when("t", "a", "no such function(1)").otherwise("t", "b")),
    ),
    ("attribute", "t", task("userTask", extension(tag("zeebe:taskSchedule", dueDate="soon")))),
    ("attribute", "t", task("userTask", extension(tag("zeebe:priorityDefinition", priority="101")))),
]


@pytest.mark.parametrize(
    ("rule", "element", "xml"),
    REFUSED,
    ids=[f"{rule} {number}" for number, (rule, _, _) in enumerate(REFUSED)],
)
def test_refused(rule: str, element: str, xml: bytes) -> None:
    with pytest.raises(DiagramRefused) as refused:
        read_bundle({"test.bpmn": xml}, check_functions=True)
    found = [
        (finding.rule, finding.element) for finding in refused.value.findings if finding.severity == "error"
    ]
    assert (rule, element) in found
    for finding in refused.value.findings:
        assert finding.file == "test.bpmn"
        assert finding.message.endswith((".", ")")), finding.message
        assert finding.remedy.endswith("."), finding.remedy


WARNED = [
    ("nobody-asked", "t", task("task")),
    ("nobody-asked", "t", task("manualTask")),
    ("no-default", "t", document(choice("exclusive").when("t", "a", "x").when("t", "b", "y"))),
    ("no-correlation-key", "t", catching(event("message", "m"))),
    ("loop-elsewhere", "t", looping(times())),
    ("foreign-extension", "t", task("userTask", extension('<x:color xmlns:x="urn:x"/>'))),
    (
        "foreign-attribute",
        "t",
        task("userTask").replace(
            b'id="t"', b'id="t" xmlns:c="http://camunda.org/schema/1.0/bpmn" c:assignee="a"'
        ),
    ),
    ("not-read", "t", task("userTask", "<potentialOwner/>")),
    (
        "not-executable",
        "outside",
        document(Process().start().end().path("s e"), Process("outside", isExecutable="false").start("s0")),
    ),
    (
        "leads-nowhere",
        "b",
        document(Process().start().user("h").end().beside("b", "h", timer("PT1H")).path("s h e")),
    ),
    ("endless-circle", "m1", document(Process().start().gate("exclusive", "m1").user("a").path("s m1 a m1"))),
]


@pytest.mark.parametrize(
    ("rule", "element", "xml"), WARNED, ids=[f"{rule} {number}" for number, (rule, _, _) in enumerate(WARNED)]
)
def test_warned(rule: str, element: str, xml: bytes) -> None:
    bundle = read_bundle({"test.bpmn": xml})
    assert (rule, element, "warning") in [
        (found.rule, found.element, found.severity) for found in bundle.findings
    ]


def test_everything_is_said_at_once() -> None:
    xml = document(
        Process().start().user("h", "island").node("serviceTask", "job").end().path("s h gone").path("job e")
    )
    assert {"unreachable", "flow-to-nowhere", "no-job-type"} <= {found.rule for found in findings(xml)}


def test_a_cloud_condition_needs_its_sign() -> None:
    xml = document(choice("exclusive").when("t", "a", "x").otherwise("t", "b"), cloud=True).replace(
        b">=x<", b">x<"
    )
    assert ("condition-without-equals", "f3_t_a") in [(found.rule, found.element) for found in findings(xml)]
    elsewhere = document(choice("exclusive").when("t", "a", "x").otherwise("t", "b")).replace(b">=x<", b">x<")
    assert not [found for found in findings(elsewhere) if found.severity == "error"]


def test_a_circle_that_an_event_ends_is_none_without_end() -> None:
    going = Process().start().gate("exclusive", "m1").user("a").path("s m1 a m1")
    inner = Sketch().start("s1", event("message", "m")).end("e1").path("s1 e1")
    said = {found.rule for found in findings(document(going.handler("ended", inner)))}
    assert "endless-circle" not in said


def test_a_cloud_script_without_its_sign_is_a_constant() -> None:
    xml = document(Process().start().script("t", set_="x = 1").end().path("s t e"), cloud=True)
    said = [found.rule for found in findings(xml.replace(b'expression="=1"', b'expression="1"'))]
    assert said == ["constant-script"]


HOSTILE = [
    ("not-xml", b""),
    ("not-xml", b"hello"),
    ("not-xml", b"\x00\x01\x02"),
    ("not-xml", b"<definitions"),
    ("not-xml", b"\xff\xfe<\x00"),
    ("not-bpmn", b"<html/>"),
    ("not-bpmn", b'<definitions xmlns="urn:other"/>'),
    ("not-bpmn", b'<process xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="p"/>'),
    ("doctype", b'<!DOCTYPE definitions><definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>'),
    ("doctype", b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>'),
    ("doctype", b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;</l>'),
    (
        "doctype",
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE d [<!ENTITY x "y">]><d>&x;</d>'.encode("utf-16"),
    ),
    ("not-xml", b"<a>" * 100_000),
    ("file-too-large", b" " * 50_000_000),
]


@pytest.mark.parametrize(
    ("rule", "content"), HOSTILE, ids=[f"{rule} {number}" for number, (rule, _) in enumerate(HOSTILE)]
)
def test_hostile_input(rule: str, content: bytes) -> None:
    assert [(found.rule, found.file) for found in findings(content, "bad.bpmn")] == [(rule, "bad.bpmn")]


def test_no_diagram_at_all() -> None:
    for files in ({}, {"a.form": b"{}"}):
        with pytest.raises(DiagramRefused) as refused:
            read_bundle(files)
        assert [found.rule for found in refused.value.findings] == ["no-diagram"]


def test_two_files_with_one_process_id() -> None:
    xml = document(Process().start().end().path("s e"))
    with pytest.raises(DiagramRefused) as refused:
        read_bundle({"a.bpmn": xml, "b.bpmn": xml})
    assert [(found.file, found.rule) for found in refused.value.findings] == [("b.bpmn", "process-twice")]


def test_a_called_process_of_another_version() -> None:
    def caller(wanted: str) -> bytes:
        call = tag("zeebe:calledElement", processId="q", bindingType="versionTag", versionTag=wanted)
        return document(
            Process().start().put(tag("callActivity", extension(call), id="c")).end().path("s c e")
        )

    called = document(
        Process("q")
        .put(extension(tag("zeebe:versionTag", value="2026-09")))
        .start("s1")
        .end("e1")
        .path("s1 e1")
    )
    assert (
        read_bundle({"a.bpmn": caller("2026-09"), "b.bpmn": called}).processes["q"].version_tag == "2026-09"
    )
    with pytest.raises(DiagramRefused) as refused:
        read_bundle({"a.bpmn": caller("2025-01"), "b.bpmn": called})
    assert [found.rule for found in refused.value.findings] == ["version-tag"]
