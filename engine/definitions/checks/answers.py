"""Answers that a choice needs and no task of the process asks for any more."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from engine.definitions.diagram import Diagram, Flow
from engine.definitions.known import Known
from engine.definitions.remarks import Remark, called, constant, error, warning
from engine.spiff.elements import ElementInfo
from engine.spiff.findings import Finding

_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_NAME = re.compile(r"(?<![.\w])[A-Za-z_]\w*")


def answers_are_asked(diagram: Diagram, known: Known) -> Iterator[Finding]:
    """A condition over an answer that nobody gave is neither true nor false, or takes the default unasked."""
    for flow in diagram.flows:
        for name in _unasked(flow, known):
            yield _remark(flow, name, _bare(diagram, flow), known).at(diagram.file, flow.id)


def _unasked(flow: Flow, known: Known) -> Sequence[str]:
    """The answers of some form that nothing in the family of the process sets or asks for."""
    process = flow.gateway.process_id
    if process in known.asks_anything:
        return ()
    names = set(_NAME.findall(_TEXT.sub('""', flow.condition)))
    given = known.words.variables | known.visible.get(process, frozenset())
    return sorted(name for name in names & known.answers.keys() if name not in given)


def _bare(diagram: Diagram, flow: Flow) -> ElementInfo | None:
    """A task of the same process that has lost its form."""
    infos = (drawn.info for drawn in diagram.elements if drawn.info.kind == "userTask")
    tasks = (info for info in infos if info.process_id == flow.gateway.process_id)
    return next((info for info in tasks if not (info.form_id or info.form_key)), None)


def _remark(flow: Flow, name: str, bare: ElementInfo | None, known: Known) -> Remark:
    form = known.answers[name]
    message = (
        f"The gateway {called(flow.gateway)} decides by “{name}”, an answer of the form {form}, which no "
        "task of this process asks"
    )
    if bare is not None:
        return error(
            "answer-never-given",
            f"{message}; {called(bare)} has no form.",
            f"Choose the form {form} at the task that is to ask it.",
        )
    return warning(
        "answer-never-given",
        f"{message}.",
        "Let a task ask it; if it is given at the start, add it to the process's property ehc:variables.",
    )


def decisions_are_fed(element: ElementInfo, known: Known) -> Iterator[Remark]:
    """A decision without a value that it needs decides as if there were none."""
    needed = known.decisions.get(constant(element.decision_id) or "", ())
    mapped = {each.target.split(".")[0] for each in element.inputs}
    given = mapped | known.words.variables | known.visible.get(element.process_id, frozenset())
    for name in needed:
        if name not in given and element.process_id not in known.asks_anything:
            yield warning(
                "decision-input-missing",
                f"{called(element)} asks the decision {element.decision_id}, which needs “{name}”, but "
                "nothing in this process gives it.",
                f"Add an input mapping to the variable {name}.",
            )
