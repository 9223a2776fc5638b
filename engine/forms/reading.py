"""Reading a form document: from bytes to a form that can be asked, or to everything that is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from engine.feel import LimitExceeded
from engine.forms.answering import check_answers
from engine.forms.checks import COMPONENT_CHECKS
from engine.forms.document import Component, components
from engine.forms.examples import example_answer
from engine.forms.fields import Field, Path, fields_of
from engine.forms.form import Form
from engine.forms.formulas import Scope
from engine.forms.problems import FormProblem, FormRefused, error, warning

MOST_BYTES = 1_000_000
DEEPEST = 12
SCHEMA_VERSION = 19
_ID = re.compile(r"[A-Za-z_][\w.-]*")
# An example has to be accepted whenever it is asked for: it is tried at two moments far apart.
_MOMENTS = (datetime(2026, 1, 5, 9, tzinfo=UTC), datetime(2099, 7, 1, 9, tzinfo=UTC))


def read_form(content: bytes, name: str) -> Form:
    """Read and check one form document.

    Args:
        content: the document, JSON as form-js and Camunda Modeler write it.
        name: the file's name, for messages.

    Raises:
        FormRefused: with all findings, if any of them is an error.
    """
    document = _parsed(content, name)
    tree = components(document.get("components"))
    problems = [*_of_document(document), *_of_components(tree)]
    if not _has_error(problems):
        problems += _of_examples(fields_of(tree))
    if _has_error(problems):
        raise FormRefused(name, problems)
    return Form(str(document["id"]), name, document, tree, tuple(problems))


def _has_error(problems: Sequence[FormProblem]) -> bool:
    return any(problem.severity == "error" for problem in problems)


def _parsed(content: bytes, name: str) -> Mapping[str, Any]:
    try:
        if len(content) > MOST_BYTES:
            raise ValueError(f"it is larger than {MOST_BYTES // 1000} kB")
        document = json.loads(content.decode("utf-8-sig"))
        if not isinstance(document, dict):
            raise ValueError("it isn't a JSON object")
    except (ValueError, RecursionError) as problem:
        message = f"The file can't be read as a form: {problem}."
        finding = error("", "unreadable", message, "Save it again from Camunda Modeler or the form editor.")
        raise FormRefused(name, [finding]) from problem
    return document


def _of_document(document: Mapping[str, Any]) -> Iterator[FormProblem]:
    if document.get("type") != "default":
        yield error("", "not-a-form", "The document's type isn't “default”.", "Start from a new form.")
    if not _ID.fullmatch(str(document.get("id") or "")):
        yield error(
            "", "bad-id", "The form has no usable id.", "Give it the id that tasks name as their form."
        )
    if not isinstance(document.get("components"), list):
        yield error("", "no-components", "The form has no list of components.", "Add at least one question.")
    version = document.get("schemaVersion")
    if isinstance(version, int) and version > SCHEMA_VERSION:
        yield warning(
            "",
            "newer-version",
            f"The form is of version {version}; we know versions up to {SCHEMA_VERSION}.",
            "Look whether everything on it still works, or save it with an older editor.",
        )


def _of_components(tree: Sequence[Component]) -> Iterator[FormProblem]:
    everything = [component for top in tree for component in top.walk()]
    for component in everything:
        for check in COMPONENT_CHECKS:
            yield from check(component)
    yield from _ids(everything)
    yield from _depth(tree, 1)
    yield from _clashes(tree)


def _ids(everything: Sequence[Component]) -> Iterator[FormProblem]:
    seen: set[str] = set()
    for component in everything:
        if not component.id:
            yield error(
                "",
                "missing-id",
                f"The component “{component.title}” has no id.",
                "Give every component an id of its own.",
            )
        elif component.id in seen:
            yield error(
                component.id,
                "repeated-id",
                f"The id {component.id} is used more than once.",
                "Give every component an id of its own.",
            )
        seen.add(component.id)


def _depth(tree: Sequence[Component], level: int) -> Iterator[FormProblem]:
    for component in tree:
        if level == DEEPEST and component.children:
            yield error(
                component.id,
                "too-deep",
                f"“{component.title}” is nested more than {DEEPEST} levels deep.",
                "Take some of the groups away.",
            )
        elif level < DEEPEST:
            yield from _depth(component.children, level + 1)


def _clashes(tree: Sequence[Component]) -> Iterator[FormProblem]:
    """Two answers in one place. Groups without a path share the place of what is around them."""
    seen: dict[Path, Component] = {}
    for component, at in _placed(tree, ()):
        other = next((path for path in seen if path[: len(at)] == at or at[: len(path)] == path), None)
        if other is not None:
            yield error(
                component.id,
                "repeated-key",
                f"“{component.title}” and “{seen[other].title}” store their answers under the same key "
                f"({'.'.join(at)}).",
                "Give each question a key of its own.",
            )
        seen.setdefault(at, component)
    for component in (each for top in tree for each in top.walk() if each.type == "dynamiclist"):
        yield from _clashes_inside(component)


def _clashes_inside(component: Component) -> Iterator[FormProblem]:
    inner = [child for child in component.children if child.type != "dynamiclist"]
    lists = [_childless(child) for child in component.children if child.type == "dynamiclist"]
    yield from _clashes([*inner, *lists])


def _childless(component: Component) -> Component:
    return Component(component.id, component.type, component.attributes)


def _placed(tree: Sequence[Component], at: Path) -> Iterator[tuple[Component, Path]]:
    for component in tree:
        here = (*at, *component.key.split(".")) if component.key else at
        if component.type == "group":
            yield from _placed(component.children, here)
        elif component.key:
            yield component, here


def _of_examples(fields: Sequence[Field]) -> Iterator[FormProblem]:
    """The example is accepted as it stands, whenever it is asked for."""
    found: dict[str, FormProblem] = {}
    for moment in _MOMENTS:
        for path, message in _refusals(fields, moment):
            component = _component_at(fields, path)
            found.setdefault(path, _misfit(component, path, message))
    yield from found.values()


def _refusals(fields: Sequence[Field], moment: datetime) -> Iterator[tuple[str, str]]:
    scope = Scope(moment, {})
    try:
        answer = example_answer(fields, scope)
    except LimitExceeded as limit:
        yield "", f"its example can't be computed: {limit}"
        return
    for problem in check_answers(fields, answer, scope).problems:
        field = _field_at(fields, problem.field)
        if field is None or _can_be_judged(field):
            yield problem.field, problem.message


def _can_be_judged(field: Field) -> bool:
    """A missing example is another finding, and choices from variables aren't known yet."""
    fixed = not field.component.attributes.get("valuesKey")
    return fixed and field.component.own("example") is not None


def _misfit(component: str, path: str, message: str) -> FormProblem:
    return error(
        component,
        "example-misfit",
        f"The example for “{path}” would be refused: {message}",
        "Correct ehc:example so that it is accepted on any day; for a date write =today().",
    )


def _component_at(fields: Sequence[Field], path: str) -> str:
    field = _field_at(fields, path)
    return field.component.id if field else ""


def _field_at(fields: Sequence[Field], path: str) -> Field | None:
    wanted = ".".join(part for part in path.split(".") if not part.isdigit())
    return next((each for top in fields for each in top.walk() if each.name == wanted), None)
