"""The words diagrams and forms may use besides the law's own, read once from the data file beside this."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from engine.law import statute

_SETTING = re.compile(r"urn:\d{6}")
_FILE = "vocabulary.yaml"
Titles = Mapping[str, str]


@dataclass(frozen=True)
class TaskType:
    """A kind of service task that the engine carries out.

    Attributes:
        name: its task type, for example ``ehc:notice``.
        required: inputs that must be given; ``optional`` those that may be.
        open: whether further inputs are welcome.
        results: variables it gives back.
    """

    name: str
    title: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    open: bool
    results: tuple[str, ...]


@dataclass(frozen=True)
class WorkAction:
    """One thing that ``ehc:plan`` or ``ehc:review`` does.

    Attributes:
        gives: an example of what it gives back, for a trial run.
        opens: limits that run from then on and that no work of the engine meets.
        settles: whether it sets aside all limits that are still open.
    """

    title: str
    gives: Mapping[str, Any]
    opens: tuple[str, ...] = ()
    settles: bool = False


@dataclass(frozen=True)
class LetterKind:
    """A notice that is written out for the family.

    Attributes:
        notice: the notice, and the name of its template.
        appeal: the part of section 51(2) of the Children and Families Act 2014 that gives a right of appeal.
        certificate_free: whether an appeal about section I alone needs no mediation certificate.
        reasons: forms of which the newest answer gives the reasons.
        answer: the rule that gives the family's time to answer.
        decide: the rule by which the authority must decide next, where the letter says so.
        amends: whether it lists what the draft version changes in the plan.
        chased: whether a copy that isn't known to have arrived is chased.
    """

    notice: str
    appeal: str | None = None
    certificate_free: bool = False
    reasons: tuple[str, ...] = ()
    answer: str | None = None
    decide: str | None = None
    amends: bool = False
    chased: bool = False


@dataclass(frozen=True)
class Vocabulary:
    """Codes with their titles, as mappings; immutable."""

    agencies: Titles
    roles: Titles
    notices: Titles
    letters: Mapping[str, LetterKind]
    recipients: Titles
    audiences: Titles
    case_statuses: Titles
    own_facts: Titles
    properties: Titles
    tasks: Mapping[str, TaskType]
    plan_actions: Mapping[str, WorkAction]
    review_actions: Mapping[str, WorkAction]
    requirements: Titles
    appeal_rule: str
    needed_by_forms: Titles
    met_by_work: frozenset[str]
    met_on_another_day: frozenset[str]
    stamped_by: Mapping[str, tuple[str, ...]]
    news: Titles
    variables: frozenset[str]
    optional_variables: frozenset[str]

    def knows_agency(self, code: str) -> bool:
        """Whether a code is one of the agencies, or a setting written ``urn:123456``."""
        return code in self.agencies or _SETTING.fullmatch(code) is not None

    def facts(self) -> Sequence[str]:
        """What ``ehc:record`` may write: the law's anchors and the facts of our own."""
        return [*statute().anchors(), *self.own_facts]

    def actions(self, task_type: str) -> Mapping[str, WorkAction]:
        """What a task type that works on the plan can do; none for any other type."""
        return {"ehc:plan": self.plan_actions, "ehc:review": self.review_actions}.get(task_type, {})

    def form_audiences(self) -> Sequence[str]:
        """The words of ``ehc:audience``: the audiences and the agencies."""
        return [*self.audiences, *self.agencies]


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary shipped with this release."""
    return read_vocabulary(files("engine.definitions").joinpath(_FILE).read_text("utf-8"))


def read_vocabulary(text: str) -> Vocabulary:
    """A vocabulary from YAML.

    Raises:
        KeyError: if a section is missing.
    """
    data: Mapping[str, Any] = yaml.safe_load(text)
    variables: Mapping[str, Mapping[str, Any]] = data["variables"]
    return Vocabulary(
        agencies=data["agencies"],
        roles=data["roles"],
        notices=data["notices"],
        letters={name: _letter_kind(name, entry) for name, entry in data["letters"].items()},
        recipients=data["recipients"],
        audiences=data["audiences"],
        case_statuses=data["case_statuses"],
        own_facts=data["facts"],
        properties=data["properties"],
        tasks={name: _task_type(name, entry) for name, entry in data["tasks"].items()},
        plan_actions=_actions(data["plan_actions"]),
        review_actions=_actions(data["review_actions"]),
        requirements=data["requirements"],
        appeal_rule=data["appeal_rule"],
        needed_by_forms=data["needed_by_forms"],
        met_by_work=frozenset(data["met_by_work"]),
        met_on_another_day=frozenset(data["met_on_another_day"]),
        stamped_by={notice: tuple(facts) for notice, facts in data["stamped_by"].items()},
        news=data["news"],
        variables=frozenset(variables),
        optional_variables=frozenset(name for name, entry in variables.items() if entry.get("optional")),
    )


def _task_type(name: str, entry: Mapping[str, Any]) -> TaskType:
    return TaskType(
        name,
        str(entry["title"]),
        tuple(entry["required"]),
        tuple(entry["optional"]),
        bool(entry.get("more")),
        tuple(entry["results"]),
    )


def _letter_kind(name: str, entry: Mapping[str, Any]) -> LetterKind:
    return LetterKind(name, **{**entry, "reasons": tuple(entry.get("reasons", ()))})


def _actions(entries: Mapping[str, Any]) -> Mapping[str, WorkAction]:
    return {
        name: WorkAction(
            str(entry["title"]), entry["gives"], tuple(entry.get("opens", ())), bool(entry.get("settles"))
        )
        for name, entry in entries.items()
    }
