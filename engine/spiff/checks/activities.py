"""Activities: each says what it needs to be carried out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from lxml.etree import _Element

from engine.spiff.drawing import Drawing, Node, child_text, extension, first_child
from engine.spiff.elements import ElementInfo
from engine.spiff.findings import Report
from engine.spiff.names import local

Check = Callable[[Node, ElementInfo, Report], None]


def check_activities(
    drawing: Drawing, infos: Mapping[str, ElementInfo], report: Report, job_types: Collection[str]
) -> None:
    """Check all activities of a file."""
    for node in drawing.nodes():
        info = infos[node.id]
        _check_job(node, info, report, job_types)
        check = _CHECKS.get(node.tag)
        if check is not None:
            check(node, info, report)
        if node.loop is not None:
            _check_loop(node, node.loop, report)
        _check_handler(node, report)
        _check_mappings(node, info, report)


def _check_job(node: Node, info: ElementInfo, report: Report, job_types: Collection[str]) -> None:
    if info.task_type and (info.task_type.startswith("=") or info.task_type not in job_types):
        report.error(
            node.id,
            "job-type",
            f"Nothing here carries out tasks of the type '{info.task_type}'.",
            f"Use one of {', '.join(sorted(job_types))}.",
        )
    if info.sends_message and node.tag == "serviceTask":
        report.error(
            node.id,
            "message-at-task",
            f"A service task sends no message: {info.task_type} belongs to a message event.",
            "Draw a message event that throws it.",
        )
    if info.task_type and node.tag not in ("serviceTask", "sendTask", "endEvent", "intermediateThrowEvent"):
        report.error(
            node.id,
            "job-at-task",
            f"A {node.tag} with a task definition is not carried out.",
            "Make it a service task.",
        )


def _check_service(node: Node, info: ElementInfo, report: Report) -> None:
    if not info.task_type:
        report.error(
            node.id,
            "no-job-type",
            "The service task does not say what is to be done.",
            "Give it a task type, such as ehc:notice, or make it a user task.",
        )


def _check_script(node: Node, info: ElementInfo, report: Report) -> None:
    if info.script and not info.result_variable:
        report.warn(
            node.id,
            "result-lost",
            "Nothing keeps the script's result.",
            "Name a variable that takes the result.",
        )
    if not info.script:
        report.error(
            node.id,
            "no-script",
            "The script task has no script.",
            "Write a FEEL expression and a result variable.",
        )


def _check_decision(node: Node, info: ElementInfo, report: Report) -> None:
    if info.decision_id and not info.result_variable:
        report.warn(
            node.id, "result-lost", "Nothing keeps the decision.", "Name a variable that takes the result."
        )
    if not info.decision_id:
        report.error(
            node.id,
            "no-decision",
            "The business rule task does not say which decision it asks.",
            "Choose the called decision and a result variable.",
        )


def _check_call(node: Node, info: ElementInfo, report: Report) -> None:
    if not info.called_process:
        report.error(
            node.id,
            "no-called-process",
            "The call activity calls nothing.",
            "Choose the process that it calls.",
        )


def _check_plain_task(node: Node, info: ElementInfo, report: Report) -> None:
    report.warn(
        node.id,
        "nobody-asked",
        "A task of this sort asks nobody: the process passes it at once.",
        "Make it a user task if a person is to do it.",
    )


_CHECKS: dict[str, Check] = {
    "serviceTask": _check_service,
    "scriptTask": _check_script,
    "businessRuleTask": _check_decision,
    "callActivity": _check_call,
    "task": _check_plain_task,
    "manualTask": _check_plain_task,
}


def _check_loop(node: Node, loop: _Element, report: Report) -> None:
    if node.is_event_subprocess:
        report.error(node.id, "loop-of-handler", "An event sub-process cannot repeat.", "Repeat inside it.")
    if local(loop) == "standardLoopCharacteristics":
        _check_standard_loop(node, loop, report)
    else:
        _check_multi_instance(node, loop, report)


def _check_standard_loop(node: Node, loop: _Element, report: Report) -> None:
    if not loop.get("loopMaximum") and not child_text(loop, "loopCondition"):
        report.error(
            node.id,
            "endless-loop",
            "The loop has neither a condition nor a greatest number.",
            "Write the condition under which it goes on, or how often it runs at most.",
        )
    _check_number(node, loop.get("loopMaximum"), report)
    report.warn(
        node.id,
        "loop-elsewhere",
        "Camunda 8 refuses standard loops; this engine runs them.",
        "Draw the way back as a flow if the diagram is to run there too.",
    )


def _check_multi_instance(node: Node, loop: _Element, report: Report) -> None:
    zeebe = extension(loop, "loopCharacteristics")
    by_zeebe = zeebe is not None and bool(zeebe.get("inputCollection"))
    by_reference = bool(child_text(loop, "loopDataInputRef"))
    cardinality = child_text(loop, "loopCardinality")
    if sum((by_zeebe, by_reference, bool(cardinality))) != 1:
        report.error(
            node.id,
            "multi-instance",
            "A multi-instance activity needs a collection or a number of instances, and only one of them.",
            "Give it an input collection.",
        )
    _check_number(node, cardinality, report)
    if zeebe is not None and bool(zeebe.get("outputCollection")) != bool(zeebe.get("outputElement")):
        report.error(
            node.id,
            "half-an-output",
            "The multi-instance output needs a collection and an element.",
            "Give both, or none.",
        )
    if zeebe is None and bool(child_text(loop, "loopDataOutputRef")) != (
        first_child(loop, "outputDataItem") is not None
    ):
        report.error(
            node.id,
            "half-an-output",
            "The multi-instance output needs a collection and an item.",
            "Give both, or none.",
        )
    if cardinality:
        report.warn(
            node.id,
            "loop-elsewhere",
            "Camunda 8 refuses a multi-instance by number; this engine runs it.",
            "Use an input collection if the diagram is to run there too.",
        )


def _check_number(node: Node, text: str | None, report: Report) -> None:
    """A literal number of times; anything else is an expression and is looked at when it runs."""
    if text is None or not text.strip():
        return
    plain = text.strip().removeprefix("=").strip()
    try:
        fits = float(plain) == int(float(plain)) >= 0
    except (ValueError, OverflowError):
        fits = plain[:1] not in ("-", '"') and (
            text.startswith("=") or plain.isidentifier() or " " in plain or "(" in plain
        )
    if not fits:
        report.error(
            node.id,
            "number-of-times",
            f"'{text}' is not a number of times.",
            "Write a whole number, or an expression that gives one.",
        )


def _check_handler(node: Node, report: Report) -> None:
    if not node.is_compensation_handler:
        return
    tied = [
        other
        for other in node.scope.nodes.values()
        if other.event == "compensate" and node.id in node.scope.associated(other.id)
    ]
    if not tied or node.is_event_subprocess:
        report.error(
            node.id,
            "handler-of-nothing",
            "The activity is marked for compensation, but no compensation event is tied to it.",
            "Draw an association from a compensation boundary event to it.",
        )


def _check_mappings(node: Node, info: ElementInfo, report: Report) -> None:
    for mapping in (*info.inputs, *info.outputs):
        if not mapping.target or not all(part.strip() for part in mapping.target.split(".")):
            report.error(
                node.id,
                "mapping-target",
                f"A mapping of '{mapping.source}' does not say which variable takes the value.",
                "Name the variable.",
            )
