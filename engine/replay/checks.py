"""What is wrong with a recording before it is carried out: words that law, diagrams, forms or people lack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from engine.application import Engine
from engine.law import UnknownRule
from engine.plans.checking import problems_of
from engine.plans.settings import SETTING_TYPES
from engine.replay.answering import Examples, answers_of, looks_into_the_process, require_feel
from engine.replay.cast import Cast, NobodyThere
from engine.replay.reading import LineProblem, RecordingRefused
from engine.replay.recording import (
    Line,
    PlanAsBroughtIn,
    RecordedCase,
    RecordedException,
    RecordedPlan,
    RecordedRequest,
    Recording,
    Step,
)
from engine.services.cases.cases import REQUESTERS
from engine.services.processes.definitions import Definition
from engine.services.tasks.arrivals import current_definitions

_USER_TASK = "userTask"


def check(engine: Engine, authority: str, recording: Recording) -> None:
    """Refuse a recording that can't be carried out in this database, before anything is written.

    Raises:
        RecordingRefused: with every line and field.
    """
    problems = list(_Checker(engine, authority).problems(recording))
    if problems:
        raise RecordingRefused(recording.path, problems)


class _Checker:
    def __init__(self, engine: Engine, authority: str) -> None:
        self._engine = engine
        self._cast = Cast(engine, authority)
        self._examples = Examples()
        self._definitions = _by_task(current_definitions(engine, authority))
        self._checked: dict[tuple[str, str], list[tuple[str, str]]] = {}

    def problems(self, recording: Recording) -> Iterator[LineProblem]:
        for name, step in recording.usual.items():
            yield from self._of_work(1, "usual", name, [step])
        for line in recording.lines:
            for field, message in self._of_case(line.case):
                yield LineProblem(line.number, field, message)
            yield from self._of_all_work(line)

    def _of_all_work(self, line: Line) -> Iterator[LineProblem]:
        for name, steps in line.case.work.items():
            yield from self._of_work(line.number, "work", name, steps or [])

    # --- people and places -----------------------------------------------------------------

    def _of_case(self, case: RecordedCase) -> Iterator[tuple[str, str]]:
        if isinstance(case, RecordedRequest):
            yield from self._of_request(case)
        if case.setting_urn and not self._cast.has_organisation(f"urn:{case.setting_urn}"):
            yield "settingUrn", "No setting of the authority has this URN. Add it, or choose another."
        try:
            self._cast.officer(case.officer)
        except NobodyThere as nobody:
            yield "officer", str(nobody)
        if isinstance(case, RecordedPlan):
            yield from self._of_plan(case.plan)
        yield from self._of_corrections(case)
        for nth, exception in enumerate(case.exceptions):
            yield from self._of_exception(f"exceptions[{nth}]", exception)

    def _of_request(self, request: RecordedRequest) -> Iterator[tuple[str, str]]:
        if request.requested_by.role not in REQUESTERS:
            yield "requestedBy.role", f"role is one of {', '.join(REQUESTERS)}."
        try:
            self._cast.requester(request.raised_by)
        except NobodyThere as nobody:
            yield "raisedBy", str(nobody)

    def _of_plan(self, plan: PlanAsBroughtIn) -> Iterator[tuple[str, str]]:
        if plan.setting_type is not None and plan.setting_type not in SETTING_TYPES:
            yield "plan.settingType", f"settingType is one of {', '.join(sorted(SETTING_TYPES))}."
        try:
            self._cast.keeper()
        except NobodyThere as nobody:
            yield "plan", str(nobody)
        for problem in problems_of(plan.sections):
            yield f"plan.{problem.field}", problem.message

    # --- law -------------------------------------------------------------------------------

    def _of_corrections(self, case: RecordedCase) -> Iterator[tuple[str, str]]:
        for nth, correction in enumerate(case.corrections):
            if correction.anchor not in self._engine.statute.anchors():
                yield (
                    f"corrections[{nth}].anchor",
                    f"{correction.anchor} isn't one. See: ehc statute anchors.",
                )

    def _of_exception(self, where: str, exception: RecordedException) -> Iterator[tuple[str, str]]:
        try:
            self._engine.statute.exception(exception.code)
        except UnknownRule:
            yield f"{where}.code", f"There is no exception {exception.code}."
            return
        for nth, rule in enumerate(exception.rules):
            if rule not in self._engine.statute:
                yield f"{where}.rules[{nth}]", f"There is no rule {rule}. See: ehc statute list."
            elif exception.code not in self._engine.statute.rule(rule).latest.exceptions:
                yield f"{where}.rules[{nth}]", f"{exception.code} doesn't lift {rule}. Leave it out."
        if exception.end is not None and exception.end < exception.start:
            yield f"{where}.to", "to can't lie before from."
        if exception.family_told_on is not None and exception.family_told_on > exception.on:
            yield f"{where}.familyToldOn", "The family can't be told after the exception is recorded."
        if exception.start > exception.on:
            yield f"{where}.from", "A circumstance can't be recorded before it begins."

    # --- work ------------------------------------------------------------------------------

    def _of_work(
        self, number: int, holder: str, name: str, steps: list[Step | None]
    ) -> Iterator[LineProblem]:
        element = name.partition(":")[0]
        if element not in self._definitions:
            yield LineProblem(
                number, f"{holder}.{name}", f"No deployed diagram has a user task {element}. Name another."
            )
            return
        for nth, step in enumerate(steps):
            if step is None:
                continue
            where = f"{holder}.{name}" if holder == "usual" else f"{holder}.{name}[{nth}]"
            if step.by is not None and not self._cast.has_person(step.by):
                yield LineProblem(number, f"{where}.by", f"Nobody is called {step.by}. Name a member.")
            if isinstance(step.on, str):
                yield from self._of_day(number, f"{where}.on", step.on)
            for field, message in self._of_answers(element, step.answers):
                yield LineProblem(number, f"{where}.answers{field and '.'}{field}", message)

    def _of_day(self, number: int, where: str, formula: str) -> Iterator[LineProblem]:
        try:
            require_feel(formula)
        except ValueError as error:
            yield LineProblem(number, where, str(error))

    def _of_answers(self, element: str, recorded: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Problems of answers; the same answers to the same task are looked at once."""
        asked = (element, repr(recorded))
        if recorded and asked not in self._checked:
            self._checked[asked] = list(self._look_at(element, recorded))
        return self._checked.get(asked, [])

    def _look_at(self, element: str, recorded: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        definition, name = self._definitions[element]
        form = definition.form(name or "")
        if form is None:
            return  # which form it is shows only when the task comes up
        now = self._engine.clock.now() + timedelta(hours=12)
        try:
            require_feel(recorded)
            if looks_into_the_process(recorded):
                return  # what they are shows only when the task comes up
            answers = answers_of(form, recorded, now, {}, self._examples)
        except ValueError as error:
            yield "", str(error)
            return
        for problem in form.validate(answers, now):
            yield problem.field, problem.message


def _by_task(definitions: Iterable[Definition]) -> dict[str, tuple[Definition, str | None]]:
    """Every user task that anything deployed has: a definition that holds it, and the form it names."""
    return {
        element.id: (definition, element.form_id)
        for definition in definitions
        for elements in definition.bundle.elements.values()
        for element in elements.values()
        if element.kind == _USER_TASK
    }
