"""Boxed expressions: each kind of element of a decision's logic as something that can be run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.dmn.site import Boxed, Site, failing, typed
from engine.dmn.table import decision_table
from engine.dmn.types import type_reference
from engine.dmn.xml import Element, child, children, local_name, name_of, text_of
from engine.feel.compiling.calls import UserFunction
from engine.feel.compiling.loops import walkable
from engine.feel.evaluation import Evaluation, Scope, listed
from engine.feel.inward import Settled
from engine.feel.types import ANY, FunctionType, Type
from engine.feel.values import Function, Value, kind_name

Builder = Callable[[Element, Site], Boxed]
FEEL_KINDS = frozenset(("", "FEEL", "feel"))


def boxed(element: Element | None, site: Site) -> Boxed:
    """The compiled form of an expression element, coerced to its own ``typeRef``.

    Mistakes are noted in the site's reading; the part that holds one is null when it is run.
    """
    if element is None:
        return lambda values, evaluation: None
    builder = BUILDERS.get(local_name(element))
    if builder is None:
        site.note(element, f"<{local_name(element)}> is no expression.", "Use one of the boxed expressions.")
        return failing(f"<{local_name(element)}> is no expression")
    run = builder(element, site)
    if local_name(element) == "functionDefinition":
        return run
    return typed(run, site.type_of(element), site.where)


def expression_in(parent: Element | None) -> Element | None:
    """The expression that an element holds, past its name and description."""
    if parent is None:
        return None
    return next((part for part in children(parent) if local_name(part) in BUILDERS), None)


def _literal(element: Element, site: Site) -> Boxed:
    language = element.get("expressionLanguage") or ""
    if language and "feel" not in language.lower():
        site.note(element, f"The expression language {language} isn't known.", "Write it in FEEL.")
        return failing("The expression isn't FEEL")
    text = text_of(child(element, "text"))
    if not text:
        return lambda values, evaluation: None
    return site.literal(text, element)


def _context(element: Element, site: Site) -> Boxed:
    entries: list[tuple[str, Boxed]] = []
    result: Boxed | None = None
    for entry in children(element, "contextEntry"):
        variable, logic = child(entry, "variable"), expression_in(entry)
        name = name_of(variable)
        if not name:
            result = boxed(logic, site)
            continue
        is_function = logic is not None and local_name(logic) == "functionDefinition"
        run = boxed(logic, site.seeing(name) if is_function else site)
        kind = ANY if is_function else site.type_of(variable)
        entries.append((name, typed(run, kind, name)))
        site = site.seeing(name)
    return _run_context(entries, result)


def _run_context(entries: list[tuple[str, Boxed]], result: Boxed | None) -> Boxed:
    def run(values: Settled, evaluation: Evaluation) -> Value:
        inner = Settled(values)
        own: dict[str, Value] = {}
        for name, entry in entries:
            own[name] = inner[name] = entry(inner, evaluation)
        return own if result is None else result(inner, evaluation)

    return run


def _list(element: Element, site: Site) -> Boxed:
    items = [boxed(item, site) for item in children(element) if local_name(item) in BUILDERS]
    return lambda values, evaluation: listed(evaluation, (item(values, evaluation) for item in items))


def _relation(element: Element, site: Site) -> Boxed:
    columns = [(name_of(column), site.type_of(column)) for column in children(element, "column")]
    rows = [
        [
            (name, typed(boxed(cell, site), kind, name))
            for (name, kind), cell in zip(columns, _expressions(row), strict=False)
        ]
        for row in children(element, "row")
    ]

    def run(values: Settled, evaluation: Evaluation) -> Value:
        return [{name: cell(values, evaluation) for name, cell in row} for row in rows]

    return run


def _expressions(parent: Element) -> list[Element]:
    return [part for part in children(parent) if local_name(part) in BUILDERS]


def _invocation(element: Element, site: Site) -> Boxed:
    function = boxed(expression_in(element), site)
    bindings = dict(_binding(binding, site) for binding in children(element, "binding"))

    def run(values: Settled, evaluation: Evaluation) -> Value:
        called = function(values, evaluation)
        if not isinstance(called, Function):
            evaluation.warn(f"What is invoked is a {kind_name(called)}, not a function")
            return None
        arguments = {name: binding(values, evaluation) for name, binding in bindings.items()}
        return called.call_by_name(arguments, evaluation, 0)

    return run


def _binding(element: Element, site: Site) -> tuple[str, Boxed]:
    parameter = child(element, "parameter")
    name = name_of(parameter)
    return name, typed(boxed(expression_in(element), site), site.type_of(parameter), f"The argument '{name}'")


def parameters_of(definition: Element, site: Site) -> tuple[tuple[str, Type], ...]:
    """Names and types of a function's formal parameters."""
    return tuple((name_of(one), site.type_of(one)) for one in children(definition, "formalParameter"))


def function_body(definition: Element, site: Site) -> Boxed:
    """The body of a function definition, which sees its parameters."""
    kind = definition.get("kind") or ""
    if kind not in FEEL_KINDS:
        site.note(definition, f"A {kind} function isn't run.", "Write the function in FEEL.")
        return failing(f"A {kind} function isn't run")
    inside = site.seeing(*(name for name, _ in parameters_of(definition, site)))
    return boxed(expression_in(definition), inside)


def result_type(declared: Type) -> Type:
    """What a function's result is coerced to: the result of its function type, or the type itself."""
    declared = declared.resolved()
    return declared.result if isinstance(declared, FunctionType) else declared


def _function(element: Element, site: Site) -> Boxed:
    parameters = parameters_of(element, site)
    result = result_type(site.type_of(element)) if type_reference(element) else ANY
    body = typed(function_body(element, site), result, site.where)

    def run(values: Settled, evaluation: Evaluation) -> Value:
        return function_value("the function", parameters, body, values)

    return run


def function_value(
    name: str, parameters: tuple[tuple[str, Type], ...], body: Boxed, around: Settled
) -> UserFunction:
    """A function whose body sees its parameters and what is around its definition."""

    def call(scope: Scope) -> Value:
        return body(Settled({**around, **scope.values}), scope.evaluation)

    return UserFunction(name, parameters, call, None)


def _part(element: Element, name: str, site: Site) -> Boxed:
    return boxed(expression_in(child(element, name)), site)


def _conditional(element: Element, site: Site) -> Boxed:
    condition, yes, no = (_part(element, name, site) for name in ("if", "then", "else"))

    def run(values: Settled, evaluation: Evaluation) -> Value:
        answer = condition(values, evaluation)
        if answer is not None and not isinstance(answer, bool):
            evaluation.warn(f"The condition is a {kind_name(answer)}, not a boolean")
            return None
        return (yes if answer else no)(values, evaluation)

    return run


def _filter(element: Element, site: Site) -> Boxed:
    source, match = _part(element, "in", site), _part(element, "match", site.filtering())

    def run(values: Settled, evaluation: Evaluation) -> Value:
        items = source(values, evaluation)
        if items is None:
            return None
        kept = []
        for item in items if type(item_list := items) is list else [item_list]:
            evaluation.spend(2)
            entries = item if type(item) is dict else {}
            answer = match(Settled({**values, "item": item, **entries}), evaluation)
            if not isinstance(answer, bool):
                evaluation.warn(f"A filter's match is a {kind_name(answer)}, not a boolean")
                return None
            if answer:
                kept.append(item)
        return kept

    return run


def _for(element: Element, site: Site) -> Boxed:
    name = iterator_of(element)
    source, body = _part(element, "in", site), _part(element, "return", site.seeing(name, "partial"))

    def run(values: Settled, evaluation: Evaluation) -> Value:
        items = walkable(source(values, evaluation), evaluation, 0)
        if items is None:
            return None
        results: list[Value] = []
        for item in items:
            evaluation.spend(2 + len(results) // 8)
            results.append(body(Settled({**values, "partial": list(results), name: item}), evaluation))
        return listed(evaluation, results)

    return run


def iterator_of(element: Element) -> str:
    """The name of a boxed iteration's variable."""
    return " ".join((element.get("iteratorVariable") or "").split())


def _quantified(every: bool) -> Builder:
    def build(element: Element, site: Site) -> Boxed:
        name = iterator_of(element)
        source, test = _part(element, "in", site), _part(element, "satisfies", site.seeing(name))

        def run(values: Settled, evaluation: Evaluation) -> Value:
            items = walkable(source(values, evaluation), evaluation, 0)
            return None if items is None else _decided(every, items, name, test, values, evaluation)

        return run

    return build


def _decided(
    every: bool, items: Any, name: str, test: Boxed, values: Settled, evaluation: Evaluation
) -> bool | None:
    """True or false; null as soon as a test answers neither."""
    for item in items:
        evaluation.spend(2)
        answer = test(Settled({**values, name: item}), evaluation)
        if not isinstance(answer, bool):
            evaluation.warn(f"The test of an iteration is a {kind_name(answer)}, not a boolean")
            return None
        if answer is not every:
            return answer
    return every


def _table(element: Element, site: Site) -> Boxed:
    return decision_table(element, site)


BUILDERS: dict[str, Builder] = {
    "literalExpression": _literal,
    "context": _context,
    "list": _list,
    "relation": _relation,
    "invocation": _invocation,
    "functionDefinition": _function,
    "decisionTable": _table,
    "conditional": _conditional,
    "filter": _filter,
    "for": _for,
    "some": _quantified(False),
    "every": _quantified(True),
}
