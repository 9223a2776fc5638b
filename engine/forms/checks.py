"""Checks of single components; each one a function with one subject."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from difflib import get_close_matches

import regex

from engine.feel import FeelSyntaxError
from engine.forms.document import ANSWERED, CONTAINERS, OWN_PROPERTIES, REFUSED, SHOWN, Component
from engine.forms.formulas import Formula, is_formula
from engine.forms.options import CHOICE_TYPES
from engine.forms.problems import FormProblem, error, warning

_KEY = re.compile(r"\w+(\.\w+)*")
_KNOWN = ANSWERED | CONTAINERS | SHOWN
Check = Callable[[Component], Iterator[FormProblem]]


def known_type(component: Component) -> Iterator[FormProblem]:
    """Every component is of a type that can be asked, and none brings code or foreign pages."""
    kind, name = component.type, component.title or "a component"
    if kind in REFUSED:
        yield error(
            component.id,
            "refused-type",
            f"“{name}” is of the type {kind}, which could bring code or a foreign page into the form.",
            "Say what you want to say in a component of the type text.",
        )
    elif kind not in _KNOWN:
        near = get_close_matches(kind, sorted(_KNOWN), n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Use one of: {', '.join(sorted(_KNOWN))}."
        yield error(component.id, "unknown-type", f"“{name}” is of the unknown type “{kind}”.", hint)


def local_image(component: Component) -> Iterator[FormProblem]:
    """A picture comes with the form, not from somewhere on the internet."""
    source = str(component.attributes.get("source") or "")
    if component.type == "image" and not source.startswith("data:image/"):
        yield error(
            component.id,
            "remote-image",
            f"The picture “{component.id}” is fetched from elsewhere, which tells others who reads the form.",
            "Put the picture into the form itself (a data: address), or leave it out.",
        )


def usable_key(component: Component) -> Iterator[FormProblem]:
    """Every question and list has a key that answers can be stored under."""
    needs_key = component.type in ANSWERED or component.type == "dynamiclist"
    if needs_key and not component.key:
        word = "path" if component.type == "dynamiclist" else "key"
        yield error(
            component.id,
            "missing-key",
            f"“{component.title}” has no {word}, so its answer could not be stored.",
            f"Give it a {word} of letters, digits and underscores.",
        )
    elif component.key and not _KEY.fullmatch(component.key):
        yield error(
            component.id,
            "bad-key",
            f"“{component.title}” has the key “{component.key}”, which can't be a name.",
            "Use letters, digits and underscores; a dot puts one name inside another.",
        )


def has_label(component: Component) -> Iterator[FormProblem]:
    """Everything people answer has words they can read, and screen readers can speak."""
    if component.type == "expression" or component.label:
        return
    if component.type in ANSWERED | CONTAINERS:
        yield error(
            component.id,
            "missing-label",
            f"“{component.title}” has no label: nobody could tell what is asked.",
            "Give it a label in plain words.",
        )


def own_properties(component: Component) -> Iterator[FormProblem]:
    """Custom properties that begin with ehc: are among those we read, and have values we know."""
    for name in component.properties:
        if not name.lower().startswith("ehc") or name in OWN_PROPERTIES:
            continue
        near = get_close_matches(name, OWN_PROPERTIES, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Use one of: {', '.join(OWN_PROPERTIES)}."
        yield error(
            component.id, "unknown-property", f"“{component.title}” has the unknown property “{name}”.", hint
        )
    value = component.own("process")
    if value not in (None, "yes", "no"):
        yield error(
            component.id,
            "bad-process",
            f"“{component.title}” has ehc:process “{value}”.",
            "Write yes if the process may see the answer, otherwise remove the property.",
        )
    least = component.own("at-least")
    if least is not None and (component.type != "dynamiclist" or not component.at_least):
        yield error(
            component.id,
            "bad-at-least",
            f"“{component.title}” has ehc:at-least “{least}”, which only a list takes, as a whole number.",
            "Write the smallest number of entries, for example 1, on the list itself.",
        )


def little_in_the_process(component: Component) -> Iterator[FormProblem]:
    """The process sees ids, dates and decisions, not what people write about a child."""
    if component.type == "textarea" and component.own("process") == "yes":
        yield warning(
            component.id,
            "process-free-text",
            f"“{component.title}” is free text that the process may see; it would be kept with the process "
            "as well as with the answer.",
            "Remove ehc:process, and let the process decide on a choice or a date instead.",
        )


def sound_pattern(component: Component) -> Iterator[FormProblem]:
    """A pattern is a regular expression."""
    pattern = component.rules.get("pattern")
    if not pattern:
        return
    try:
        regex.compile(str(pattern))
    except regex.error as problem:
        yield error(
            component.id,
            "bad-pattern",
            f"“{component.title}” has a pattern that can't be read: {problem}.",
            r"Correct the regular expression, for example ^\d{6}$ for six digits.",
        )


def sound_formulas(component: Component) -> Iterator[FormProblem]:
    """Every expression can be parsed."""
    for place, text in _formulas(component):
        try:
            Formula(text)
        except FeelSyntaxError as problem:
            yield error(
                component.id,
                "bad-expression",
                f"“{component.title}” has a {place} that is no FEEL expression: {problem}",
                "Correct the expression; text in it stands in double quotation marks.",
            )


def has_choices(component: Component) -> Iterator[FormProblem]:
    """A choice offers something, and no value twice."""
    if component.type not in CHOICE_TYPES:
        return
    attributes = component.attributes
    values = attributes.get("values")
    if attributes.get("valuesKey") or attributes.get("valuesExpression"):
        return
    offered = (
        [each.get("value") for each in values if isinstance(each, dict)] if isinstance(values, list) else []
    )
    if not offered:
        yield error(
            component.id,
            "no-choices",
            f"“{component.title}” offers nothing to choose from.",
            "Add the choices, each with a label and a value.",
        )
    for value in {str(each) for each in offered if offered.count(each) > 1}:
        yield error(
            component.id,
            "repeated-choice",
            f"“{component.title}” offers the value “{value}” twice.",
            "Give each choice a value of its own.",
        )


def has_example(component: Component) -> Iterator[FormProblem]:
    """A question that must be answered says what an answer looks like."""
    if component.required and component.type in ANSWERED and component.own("example") is None:
        yield warning(
            component.id,
            "missing-example",
            f"“{component.title}” must be answered and has no example, so a trial run can't answer it.",
            "Add the property ehc:example with an answer, or with an expression such as =today().",
        )


def _formulas(component: Component) -> Iterator[tuple[str, str]]:
    if component.hide:
        yield "condition", component.hide
    attributes = component.attributes
    for name in ("expression", "valuesExpression", "columnsExpression"):
        if attributes.get(name):
            yield name, str(attributes[name])
    settings = {name: attributes.get(name) for name in ("readonly", "disabled", "multiple")}
    bounds = {name: component.rules.get(name) for name in ("min", "max", "minLength", "maxLength")}
    for name, value in {**settings, **bounds, "ehc:example": component.own("example")}.items():
        if isinstance(value, str) and is_formula(value):
            yield name, value


COMPONENT_CHECKS: tuple[Check, ...] = (
    known_type,
    local_image,
    usable_key,
    has_label,
    own_properties,
    little_in_the_process,
    sound_pattern,
    sound_formulas,
    has_choices,
    has_example,
)
