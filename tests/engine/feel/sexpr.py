"""Trees written as FEEL with every bracket shown, so that a test reads as a pair of lines."""

from __future__ import annotations

from decimal import Decimal

from engine.feel.syntax import tree as t
from engine.feel.texts import as_text


def shown(node: t.Node) -> str:
    """The tree with each name in angle brackets and each operation in round ones."""
    return SHOWS[type(node)](node)


def _all(nodes: tuple[t.Node, ...], between: str = ", ") -> str:
    return between.join(map(shown, nodes))


def _literal(node: t.Literal) -> str:
    if isinstance(node.value, str):
        return '"' + node.value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(node.value) if isinstance(node.value, Decimal) else as_text(node.value)


def _iterations(node: t.For | t.Quantified) -> str:
    parts = []
    for one in node.iterations:
        last = "" if one.last is None else ".." + shown(one.last)
        parts.append(f"<{one.name}> in {shown(one.domain)}{last}")
    return ", ".join(parts)


def _interval(node: t.Interval) -> str:
    left, right = "[" if node.low_closed else "(", "]" if node.high_closed else ")"
    return f"{left}{shown(node.low)}..{shown(node.high)}{right}"


def type_text(written: t.TypeName | None) -> str:
    """A type as it is written."""
    if written is None:
        return "Any"
    parts = [type_text(part) for part in written.parts]
    if written.keys:
        parts = [f"{key}: {part}" for key, part in zip(written.keys, parts, strict=True)]
    inside = f"<{', '.join(parts)}>" if parts or written.result else ""
    return written.name + inside + (f"->{type_text(written.result)}" if written.result else "")


def _definition(node: t.FunctionDefinition) -> str:
    names = (f"<{name}>" + (f": {type_text(kind)}" if kind else "") for name, kind in node.parameters)
    return f"(function({', '.join(names)}) {'external ' if node.external else ''}{shown(node.body)})"


def _context(node: t.ContextNode) -> str:
    entries = zip(node.keys, node.values, strict=True)
    return "{" + ", ".join(f"<{key}>: {shown(part)}" for key, part in entries) + "}"


def _named_call(node: t.NamedCall) -> str:
    arguments = zip(node.names, node.arguments, strict=True)
    return f"{shown(node.function)}({', '.join(f'<{name}>: {shown(part)}' for name, part in arguments)})"


def _negation(node: t.Negation) -> str:
    operand = shown(node.operand)
    # A minus before a digit belongs to the number.
    return f"(- ({operand}))" if operand[0].isdigit() else f"(- {operand})"


SHOWS = {
    t.Literal: _literal,
    t.AtLiteral: lambda n: f'@"{n.text}"',
    t.Name: lambda n: f"<{n.name}>",
    t.Path: lambda n: f"{shown(n.source)}.<{n.name}>",
    t.Filter: lambda n: f"{shown(n.source)}[{shown(n.condition)}]",
    t.Call: lambda n: f"{shown(n.function)}({_all(n.arguments)})",
    t.NamedCall: _named_call,
    t.Negation: _negation,
    t.Arithmetic: lambda n: f"({shown(n.left)} {n.operator} {shown(n.right)})",
    t.Sum: lambda n: f"({_all(n.terms, ' + ')})",
    t.Comparison: lambda n: f"({shown(n.left)} {n.operator} {shown(n.right)})",
    t.Between: lambda n: f"({shown(n.value)} between {shown(n.low)} and {shown(n.high)})",
    t.In: lambda n: f"({shown(n.value)} in ({_all(n.tests)}))",
    t.And: lambda n: f"({_all(n.operands, ' and ')})",
    t.Or: lambda n: f"({_all(n.operands, ' or ')})",
    t.If: lambda n: f"(if {shown(n.condition)} then {shown(n.yes)} else {shown(n.no)})",
    t.For: lambda n: f"(for {_iterations(n)} return {shown(n.body)})",
    t.Quantified: lambda n: f"({'every' if n.every else 'some'} {_iterations(n)} satisfies {shown(n.body)})",
    t.FunctionDefinition: _definition,
    t.ContextNode: _context,
    t.ListNode: lambda n: f"[{_all(n.items)}]",
    t.Interval: _interval,
    t.OneSided: lambda n: f"({n.operator} {shown(n.end)})",
    t.InstanceOf: lambda n: f"({shown(n.value)} instance of {type_text(n.type)})",
    t.Tests: lambda n: f"{'not' if n.negated else 'any'}({_all(n.tests)})",
}
