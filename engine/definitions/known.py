"""What the checks compare a diagram with: the law, the vocabulary, and the deployment's own names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from engine.definitions.diagram import Diagram
from engine.definitions.folder import Names
from engine.definitions.vocabulary import Vocabulary, vocabulary
from engine.feel import BUILTINS, Functions
from engine.forms import Form
from engine.law import Statute, statute


@dataclass(frozen=True)
class Known:
    """Everything a name in a diagram may refer to.

    Attributes:
        names: ids of the forms, processes and decisions of the deployment.
        forms: those forms that could be read.
        variables: names that anything in the deployment sets or starts with.
        optional: variables that may be null when a gateway asks for them.
        met: rules that an element of the deployment meets.
        functions: what FEEL may call.
        templates: versions of each element template that exists.
    """

    names: Names
    forms: Mapping[str, Form] = field(default_factory=dict)
    variables: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    met: frozenset[str] = frozenset()
    functions: Functions = BUILTINS
    templates: Mapping[str, Sequence[int]] = field(default_factory=dict)
    law: Statute = field(default_factory=statute)
    words: Vocabulary = field(default_factory=vocabulary)


def known_in(
    diagrams: Sequence[Diagram],
    names: Names,
    forms: Mapping[str, Form],
    functions: Functions,
    templates: Mapping[str, Sequence[int]],
) -> Known:
    """What the diagrams and forms of a deployment make known to each other."""
    words = vocabulary()
    answers = {name for form in forms.values() for name in _answers(form)}
    variables = {*words.variables, *answers, *(name for each in diagrams for name in _set_by(each))}
    return Known(
        names=names,
        forms=forms,
        variables=frozenset(variables),
        optional=words.optional_variables | frozenset(_optional_answers(forms.values())),
        met=frozenset(rule for each in diagrams for rule in _met_by(each)),
        functions=functions,
        templates=templates,
    )


def _answers(form: Form) -> Iterator[str]:
    return (each.path[0] for each in form.fields if each.process)


def _optional_answers(forms: Iterable[Form]) -> Iterator[str]:
    """Answers that may be null: not required, or not always asked. A tick or a list never is."""
    for form in forms:
        for each in form.fields:
            never_null = each.is_list or each.type in ("checkbox", "checklist", "taglist")
            if each.process and (each.hides or not (each.required or never_null)):
                yield each.path[0]


def _set_by(diagram: Diagram) -> Iterator[str]:
    for properties in diagram.processes.values():
        yield from properties.get("ehc:variables", "").split()
    for drawn in diagram.elements:
        info, loop = drawn.info, drawn.loop
        yield from (assignment.target for assignment in (*info.inputs, *info.outputs))
        yield from filter(None, (info.result_variable, loop.element, loop.output))
        task = vocabulary().tasks.get(info.task_type)
        if task is not None:
            yield from task.results


def _met_by(diagram: Diagram) -> Iterator[str]:
    for drawn in diagram.elements:
        yield from drawn.info.properties.get("ehc:meets", "").split()
