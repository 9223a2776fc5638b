"""What the checks compare a diagram with: the law, the vocabulary, and the deployment's own names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from engine.definitions.diagram import Diagram, Drawn
from engine.definitions.families import Families, families_of, rules_in
from engine.definitions.folder import Names
from engine.definitions.remarks import constant
from engine.definitions.vocabulary import Vocabulary, vocabulary
from engine.feel import BUILTINS, Functions
from engine.forms import Form
from engine.law import Statute, statute
from engine.spiff.elements import ElementInfo


@dataclass(frozen=True)
class Known:
    """Everything a name in a diagram may refer to.

    Attributes:
        names: ids of the forms, processes and decisions of the deployment.
        forms: those forms that could be read.
        variables: names that anything in the deployment sets or starts with.
        optional: variables that may be null when a gateway asks for them.
        families: which processes call or start each other, and what they close.
        several: rules of which an element of the deployment says which occurrence it means.
        elements: all elements of the deployment's diagrams.
        of_several: processes with an element that says which occurrence it means.
        owed: processes with a task that says which agency owes it.
        visible: by process, the variables that may stand in it.
        decisions: by decision, the names of the data it needs.
        answers: variables that forms give, each with a form.
        asks_anything: processes with a task whose form is only worked out when it runs.
        functions: what FEEL may call.
        templates: versions of each element template that exists.
    """

    names: Names
    forms: Mapping[str, Form] = field(default_factory=dict)
    variables: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    families: Families = field(default_factory=Families)
    several: frozenset[str] = frozenset()
    elements: tuple[ElementInfo, ...] = ()
    of_several: frozenset[str] = frozenset()
    owed: frozenset[str] = frozenset()
    visible: Mapping[str, frozenset[str]] = field(default_factory=dict)
    decisions: Mapping[str, Sequence[str]] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    asks_anything: frozenset[str] = frozenset()
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
    decisions: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Known:
    """What the diagrams and forms of a deployment make known to each other."""
    words = vocabulary()
    families = families_of(diagrams)
    elements = tuple(drawn.info for each in diagrams for drawn in each.elements)
    answers = {name for form in forms.values() for name in _answers(form)}
    variables = {*words.variables, *answers, *(name for each in diagrams for name in _set_by(each))}
    return Known(
        names=names,
        forms=forms,
        variables=frozenset(variables),
        optional=words.optional_variables | frozenset(_optional_answers(forms.values())),
        families=families,
        several=frozenset(rule for each in diagrams for rule in _several_in(each)),
        elements=elements,
        of_several=frozenset(info.process_id for info in elements if info.occurrence),
        owed=frozenset(info.process_id for info in elements if info.agency and info.kind == "userTask"),
        visible=_visible(diagrams, forms, families),
        decisions=decisions,
        answers={name: form.id for form in forms.values() for name in _answers(form)},
        asks_anything=frozenset(
            info.process_id for info in elements if info.form_id and constant(info.form_id) is None
        ),
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
        yield from _set_at(drawn)


def _set_at(drawn: Drawn) -> Iterator[str]:
    info, loop = drawn.info, drawn.loop
    yield from (assignment.target for assignment in (*info.inputs, *info.outputs))
    yield from filter(None, (info.result_variable, loop.element, loop.output))
    task = vocabulary().tasks.get(info.task_type)
    if task is not None:
        yield from task.results


def _own_variables(diagrams: Sequence[Diagram], forms: Mapping[str, Form]) -> dict[str, frozenset[str]]:
    """By process what its elements set for all of it, and the answers its tasks ask for."""
    found: dict[str, set[str]] = {}
    for drawn in (drawn for diagram in diagrams for drawn in diagram.elements):
        info = drawn.info
        form = forms.get(constant(info.form_id) or "")
        local = () if info.kind == "subProcess" else [each.target for each in info.inputs]
        outer = [name for name in _set_at(drawn) if name not in local]
        written = [info.result_variable, *(each.target for each in info.outputs)]
        found.setdefault(info.process_id, set()).update(outer, written, _answers(form) if form else ())
    return {process: frozenset(names) for process, names in found.items()}


def _visible(
    diagrams: Sequence[Diagram], forms: Mapping[str, Form], families: Families
) -> dict[str, frozenset[str]]:
    """By process the variables that may stand in it: set in its family, given at a start, or passed to it."""
    own = _own_variables(diagrams, forms)
    entry = {
        process: frozenset(properties.get("ehc:variables", "").split())
        for diagram in diagrams
        for process, properties in diagram.processes.items()
    }
    infos = [drawn.info for diagram in diagrams for drawn in diagram.elements]
    passing = [(families.going_to(info), info) for info in infos if info.inputs]
    visible = {}
    for process in entry:
        above = families.above(process)
        names = entry[process].union(*(entry.get(each, frozenset()) for each in above))
        names = names.union(*(own.get(each, frozenset()) for each in families.around(process)))
        passed = (info for to, info in passing if to & above)
        visible[process] = names.union(each.target for info in passed for each in info.inputs)
    return visible


def _several_in(diagram: Diagram) -> Iterator[str]:
    for drawn in diagram.elements:
        if drawn.info.occurrence:
            yield from rules_in(drawn.info, "ehc:rule", "ehc:meets", "ehc:supersedes")
