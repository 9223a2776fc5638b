"""Small processes beside the real ones: deployed as anybody's diagram would be, and started for a case."""

from __future__ import annotations

from collections.abc import Mapping

from engine.services.audit.audit import Actor
from engine.services.incidents import guarded
from engine.services.processes.definitions import Deployer, Deployment, deploy
from engine.services.processes.deployments import examined
from engine.services.step import CaseStep
from tests.engine.spiff.sketch import Process, document, event, extension, properties, tag, timer
from tests.support.desk import CaseDesk, Desk


def for_people(role: str = "caseworker", *more: str, **ours: str) -> str:
    """What makes a user task one for a role of the SEND team (or of `agency`)."""
    who = tag("zeebe:assignmentDefinition", candidateGroups=role)
    return extension(tag("zeebe:userTask"), who, *more, properties(**ours) if ours else "")


def job(kind: str, **inputs: str) -> str:
    """What makes a service task one of ours; the inputs are FEEL or constants."""
    mappings = "".join(tag("zeebe:input", source=value, target=name) for name, value in inputs.items())
    return extension(tag("zeebe:taskDefinition", type=kind), tag("zeebe:ioMapping", mappings))


def deploy_small(desk: Desk, *processes: Process) -> Deployment:
    """Make these processes the newest version, beside what is deployed already; what they lose is meant."""
    files = {f"{process.name}.bpmn": document(process, cloud=True) for process in processes}
    lost = [loss.id for loss in examined(desk.engine, desk.authority, files).losses]
    return deploy(desk.engine, desk.authority, files, by=Deployer("a test", reason="Try it", accepted=lost))


def start(case: CaseDesk, process_id: str, variables: Mapping[str, object] | None = None) -> int:
    """Start a process for a case as a step of its own; gives the instance's key."""

    def work(step: CaseStep) -> int:
        live = step.start(process_id, variables or {})
        step.settle()
        return live.key

    return guarded(case.desk.engine, int(case.key), f"start {process_id}", Actor.clock(), work)


#: The limit of advice counts from a fact that a new case doesn't have: nothing that asks for it can go on.
_ADVICE = {"rule": "reg8_advice_6w", "occurrence": "camhs"}
_BY_THE_LIMIT = tag("zeebe:taskSchedule", dueDate="=limit.due")


def _beginning(name: str, *, of: str = "") -> Process:
    """A process that begins with the task `ask`."""
    process = Process(name, **({"name": of} if of else {}))
    return process.start().node("userTask", "ask", for_people(), name_="Ask")


def small_processes() -> list[Process]:
    """What the tests start beside a request; each is named for what it does."""
    return [*_that_wait(), *_that_tell(), *_that_start()]


def _that_wait() -> list[Process]:
    return [
        _beginning("asks").end().path("s ask e"),
        Process("waits")
        .start()
        .catch("wait", timer("P1D"))
        .node("userTask", "afterwards", for_people(), name_="Afterwards")
        .end()
        .path("s wait afterwards e"),
        _beginning("is_taken_away")
        .beside("over", "ask", timer("P1D"))
        .end("e", "e2")
        .path("s ask e")
        .path("over e2"),
        _beginning("fails_when_asked")
        .gate("exclusive", "which")
        .end("e", "e2")
        .path("s ask which")
        .otherwise("which", "e2")
        .when("which", "e", "if ready then true else null"),
        Process("fails_when_due")
        .start()
        .catch("wait", timer("P1D"))
        .put(_advise())
        .end()
        .path("s wait advise e"),
    ]


def _that_tell() -> list[Process]:
    return [
        _beginning("tells").throw("tell", _message("m")).end().path("s ask tell e"),
        Process("hears")
        .start()
        .catch("hear", _message("m"))
        .node("userTask", "heard", for_people(), name_="Heard")
        .end()
        .path("s hear heard e"),
        Process("overhears")
        .start()
        .catch("hear", _message("m"))
        .node("userTask", "overheard", for_people(), name_="Overheard")
        .end()
        .path("s hear overheard e"),
        _beginning("announces").throw("tell", _message("plan_amended")).end().path("s ask tell e"),
        _beginning("listens_late").catch("hear", _message("m")).end().path("s ask hear e"),
        Process("tells_when_due")
        .start()
        .catch("wait", timer("P1D"))
        .throw("tell", _message("m"))
        .end()
        .path("s wait tell e"),
        Process("fails_when_heard")
        .start()
        .catch("hear", _message("m"))
        .put(_advise())
        .end()
        .path("s hear advise e"),
    ]


def _that_start() -> list[Process]:
    return [
        _beginning("starts_another")
        .node("serviceTask", "start", job("ehc:start", processId="asks"))
        .end()
        .path("s ask start e"),
        _beginning("starts_what_fails")
        .node("serviceTask", "start", job("ehc:start", processId="fails_at_once"))
        .end()
        .path("s ask start e"),
        Process("fails_at_once").start().put(_advise()).end().path("s advise e"),
        _beginning("owed_by_nobody_storable")
        .node(
            "userTask",
            "later",
            for_people("caseworker", agency='=string join(for n in 1..50 return "agency")'),
            name_="Later",
        )
        .end()
        .path("s ask later e"),
        _answering("pings", "m", "m2"),
        _answering("pongs", "m2", "m"),
        _beginning("calls_out").throw("call", event("signal", "g")).end().path("s ask call e"),
        Process("hears_calls")
        .start()
        .catch("hear", event("signal", "g"))
        .node("userTask", "called", for_people(), name_="Called")
        .end()
        .path("s hear called e"),
        _beginning("starts_what_isnt_there")
        .node("serviceTask", "start", job("ehc:start", processId='="not_" + "deployed"'))
        .end()
        .path("s ask start e"),
    ]


def _answering(name: str, heard: str, told: str) -> Process:
    """A process that answers one message with another, for ever."""
    return (
        Process(name)
        .start()
        .gate("exclusive", "again")
        .catch("hear", _message(heard))
        .throw("tell", _message(told))
        .path("s again hear tell again")
    )


def request_that_fails() -> Process:
    """A request's process in place of the real one, which can't begin."""
    return Process("request_to_plan").start().put(_advise()).end().path("s advise e")


def _advise() -> str:
    """A task that can't begin before the fact that its limit counts from is recorded."""
    inside = for_people("caseworker", _BY_THE_LIMIT, **_ADVICE)
    return tag("userTask", inside, id="advise", name="Advise")


def _message(name: str) -> str:
    return event("message", name)
