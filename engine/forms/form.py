"""A form that can be asked: its fields, its schema, its example, and the check of an answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from engine.errors import FieldProblem
from engine.forms.answering import Checked, check_answers
from engine.forms.document import Component
from engine.forms.examples import example_answer
from engine.forms.fields import Field, Path, fields_of, look_up, put
from engine.forms.formulas import Scope
from engine.forms.kinds.dates import subtype
from engine.forms.options import CHOICE_TYPES, MANY, Option, options_of
from engine.forms.problems import FormProblem
from engine.forms.schema import DIALECT, answer_schema

_NOTHING: Mapping[str, object] = {}


@dataclass(frozen=True)
class Form:
    """One form document, read and found sound. Immutable, and safe to share between threads.

    Attributes:
        id: what a task's ``formId`` names.
        name: the file it came from.
        document: the document as it was read.
        components: everything on it, in order, as the editor wrote it.
        warnings: what its owner should look at.
    """

    id: str
    name: str
    document: Mapping[str, Any]
    components: tuple[Component, ...]
    warnings: tuple[FormProblem, ...] = ()
    fields: tuple[Field, ...] = field(init=False)
    _audiences: Mapping[Path, frozenset[str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", fields_of(self.components))
        object.__setattr__(self, "_audiences", _audiences(self.fields))

    def check(self, answers: object, now: datetime, variables: Mapping[str, object] = _NOTHING) -> Checked:
        """Check what somebody answered, and clean it for storing.

        Args:
            answers: the answer as JSON.
            now: the moment of the answer, aware.
            variables: what the form's expressions see besides the answers.
        """
        return check_answers(self.fields, answers, Scope(now, variables))

    def validate(
        self, answers: object, now: datetime, variables: Mapping[str, object] = _NOTHING
    ) -> list[FieldProblem]:
        """What is wrong with an answer, by dotted path; empty if it can be accepted."""
        return list(self.check(answers, now, variables).problems)

    def example(self, now: datetime, variables: Mapping[str, object] = _NOTHING) -> dict[str, object]:
        """The form's own example answer for this moment; it passes `check` as it stands."""
        return example_answer(self.fields, Scope(now, variables))

    def schema(self, now: datetime, variables: Mapping[str, object] = _NOTHING) -> dict[str, Any]:
        """JSON Schema 2020-12 of the answer, with the example in ``examples``."""
        return {
            "$schema": DIALECT,
            "$id": f"urn:ehc:form:{self.id}",
            **answer_schema(self.fields, Scope(now, variables)),
            "examples": [self.example(now, variables)],
        }

    def process_variables(self, answers: Mapping[str, object]) -> dict[str, object]:
        """What the process may see of checked answers.

        Dates are dates. What wasn't asked or answered is null, a list of choices or entries empty, so that
        a gateway never sees an older answer.
        """
        return _seen_by_process(self.fields, answers)

    def audience(self, path: str) -> frozenset[str]:
        """Who may see the answer at a dotted path; of a list or an object, those who may see all of it.

        Raises:
            KeyError: if the form has no such field.
        """
        found = self._audiences.get(_keys(path))
        if found is None:
            raise KeyError(f"The form {self.id} has no field {path}.")
        return found

    def field(self, path: str) -> Field:
        """The field at a dotted path, list positions left out or not.

        Raises:
            KeyError: if the form has no such field.
        """
        for top in self.fields:
            for each in top.walk():
                if each.path == _keys(path):
                    return each
        raise KeyError(f"The form {self.id} has no field {path}.")

    def options(
        self, path: str, now: datetime, variables: Mapping[str, object] = _NOTHING
    ) -> Sequence[Option]:
        """The choices of a field now; empty where it has none or they can't be known.

        Raises:
            KeyError: if the form has no such field.
        """
        component = self.field(path).component
        found = options_of(component, Scope(now, variables)) if component.type in CHOICE_TYPES else None
        return found or ()

    def visible_to(self, answers: Mapping[str, object], audiences: Collection[str]) -> dict[str, object]:
        """Checked answers, cut down to what somebody in these audiences may see."""
        return _seen_by(self.fields, answers, frozenset(audiences))


def _audiences(fields: Sequence[Field]) -> dict[Path, frozenset[str]]:
    """Who may see all of what lies at each path, worked out once: every answer that is stored asks for it."""
    found: dict[Path, frozenset[str]] = {}
    for each in (inner for top in fields for inner in top.walk()):
        for length in range(len(each.path) + 1):
            at = each.path[:length]
            found[at] = found.get(at, each.audience) & each.audience
    return found


def _keys(path: str) -> tuple[str, ...]:
    return tuple(part for part in path.split(".") if not part.isdigit())


def _seen_by_process(fields: Sequence[Field], answers: Mapping[str, object]) -> dict[str, object]:
    seen: dict[str, object] = {}
    for each in fields:
        if each.process:
            put(seen, each.at, _for_process(each, look_up(answers, each.at)))
    return seen


def _for_process(each: Field, value: object) -> object:
    if each.is_list:
        items = value if isinstance(value, list) else []
        return [_seen_by_process(each.items, item) for item in items if isinstance(item, Mapping)]
    if value is None and each.type in MANY:
        return []
    if each.type == "datetime" and subtype(each.component) == "date" and isinstance(value, str):
        return date.fromisoformat(value)
    return value


def _seen_by(
    fields: Sequence[Field], answers: Mapping[str, object], audiences: frozenset[str]
) -> dict[str, object]:
    seen: dict[str, object] = {}
    for each in fields:
        value = look_up(answers, each.at)
        if each.is_list and isinstance(value, list):
            cut = [_seen_by(each.items, item, audiences) for item in value if isinstance(item, Mapping)]
            if any(cut):
                put(seen, each.at, cut)
        elif value is not None and each.audience & audiences:
            put(seen, each.at, value)
    return seen
