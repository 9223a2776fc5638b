"""The decisions of a deployment, for business rule tasks to ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from engine.dmn import Model, ModelRefused, read_models
from engine.feel import Functions, LimitExceeded
from engine.spiff.answers import Answers
from engine.spiff.expressions import Place
from engine.spiff.findings import Report


@dataclass(frozen=True)
class DecisionModels:
    """The models of one deployment; a decision is found by its id or name, the first file first."""

    models: tuple[Model, ...] = ()
    #: Answers of tables to what they were asked before.
    answers: Answers = field(default_factory=Answers, repr=False, compare=False)

    @property
    def names(self) -> frozenset[str]:
        """Ids and names of all decisions."""
        return frozenset(name for model in self.models for name in model.decisions)

    def ask(self, decision: str, variables: Mapping[str, object], now: datetime, place: Place) -> object:
        """A decision's result for these variables.

        Raises:
            StepFailed: if there is no such decision, or it fails instead of giving an answer.
        """
        model = next((model for model in self.models if decision in model.decisions), None)
        if model is None:
            raise place.fails(
                f"It asks the decision '{decision}', which is not among the deployed files.",
                "Deploy the decision table together with this diagram, then try again.",
            )
        known = self.answers.to(decision, variables)
        if known is not None:
            return known.value
        try:
            result = model.evaluate(decision, variables, now=now)
        except LimitExceeded as problem:
            raise place.fails(
                f"The decision '{decision}' takes too much to work out: {problem}."
            ) from problem
        if result.value is None and result.warnings:
            raise place.fails(
                f"The decision '{decision}' gives no answer: {result.warnings[0]}.",
                "Correct the decision table or the variables it uses, then try again.",
            )
        self.answers.keep(decision, variables, result)
        return result.value


def read_decisions(files: Mapping[str, bytes], functions: Functions, reports: list[Report]) -> DecisionModels:
    """Read the ``.dmn`` files of a deployment; what is wrong with each goes into a report of its own."""
    wanted = {name: content for name, content in files.items() if name.endswith(".dmn")}
    while True:
        try:
            return DecisionModels(tuple(read_models(wanted, functions).values()))
        except ModelRefused as refused:
            reports.append(_report(refused))
            if wanted.pop(refused.name, None) is None:
                return DecisionModels()


def _report(refused: ModelRefused) -> Report:
    report = Report(refused.name)
    for problem in refused.problems:
        report.error(problem.element, "decision", problem.message, problem.remedy)
    return report
