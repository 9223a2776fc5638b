"""What a template may do: show fields, choose, repeat, and share parts; nothing that could run for long.

The sandbox keeps a template from reaching what isn't its own. This keeps it from being endless, from growing
without measure, and from writing what people wrote as anything but text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from jinja2 import nodes

from engine.letters.sources import named_in

#: Letters of the longest template.
LONGEST = 100_000
#: What a letter may come to, in nodes written out: the longest of ours has some hundred.
_MOST = 200_000
#: How often a loop is thought to run.
_TURNS = 20
#: Filters that make nothing longer than what they are given.
FILTERS = frozenset(
    "abs capitalize count d default e escape first int join last length list lower reverse round sort"  # noqa: SIM905 -- quoted one by one they read worse
    " title trim unique upper".split()
)
_PLAIN = (nodes.Name, nodes.Getattr, nodes.Getitem, nodes.Const)
_ALLOWED = (
    *_PLAIN,
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Extends,
    nodes.Include,
    nodes.Block,
    nodes.If,
    nodes.For,
    nodes.Tuple,
    nodes.List,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Neg,
    nodes.CondExpr,
    nodes.Filter,
    nodes.Test,
    nodes.Concat,
    nodes.Add,
    nodes.Sub,
    nodes.Slice,
    nodes.Assign,
    nodes.Call,
)
#: What would let a name that is set grow each time that it is set.
_GROWING = (nodes.Concat, nodes.Add, nodes.List, nodes.Tuple, nodes.Call, nodes.Filter)


@dataclass(frozen=True)
class Breach:
    """What a template does and may not: its line, and the words for it."""

    line: int
    message: str
    remedy: str


def breaches(tree: nodes.Template) -> Iterator[Breach]:
    """What a template does that no template may."""
    for node in tree.find_all(nodes.Node):
        said = _said_of(node)
        if said is not None:
            yield Breach(node.lineno, *said)


def _said_of(node: nodes.Node) -> tuple[str, str] | None:
    if isinstance(node, nodes.Call):
        return None if _is_block(node) else ("A template can't call anything.", "Show the field itself.")
    if isinstance(node, nodes.Filter):
        return _of_filter(node)
    if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
        return f"\u201c{node.attr}\u201d is unsafe: it reaches inside.", "Take it away."
    if isinstance(node, nodes.Getitem) and _is_inner(node.arg):
        return "What stands in brackets is worked out, or unsafe.", "Write a number there, or a field's name."
    if isinstance(node, nodes.Assign) and _grows(node.node):
        return "A name can only be set to a field or a text.", "Write it out where it is shown."
    if isinstance(node, (nodes.Expr, nodes.Stmt)) and not isinstance(node, _ALLOWED):
        word = type(node).__name__.lower()
        return f"A template has no use for this ({word}).", "Use fields, if, for, set, include and extends."
    return None


def _grows(value: nodes.Node) -> bool:
    return isinstance(value, _GROWING) or any(True for _ in value.find_all(_GROWING))


def _is_inner(arg: nodes.Node) -> bool:
    if isinstance(arg, nodes.Slice):
        return False
    return not isinstance(arg, nodes.Const) or str(arg.value).startswith("_")


def _of_filter(node: nodes.Filter) -> tuple[str, str] | None:
    if node.name not in FILTERS:
        known = ", ".join(sorted(FILTERS))
        return f"No template may use \u201c{node.name}\u201d here.", f"Use one of: {known}."
    if node.name == "join" and not isinstance(node.node, _PLAIN):
        return "Only a field can be joined.", "Join the field itself."
    return None


def _is_block(call: nodes.Call) -> bool:
    """Whether it shows a block again, as in `self.title()`."""
    to = call.node
    if call.args or call.kwargs or call.dyn_args or call.dyn_kwargs or not isinstance(to, nodes.Getattr):
        return False
    return isinstance(to.node, nodes.Name) and to.node.name == "self"


def is_endless(file: str, trees: Mapping[str, nodes.Template]) -> bool:
    """Whether a template, with what it shares, leads back to itself or comes to more than any letter has."""
    return _Measure(trees).of(file) > _MOST


@dataclass
class _Measure:
    """Counts what templates come to once they are written out."""

    trees: Mapping[str, nodes.Template]
    known: dict[object, int] = field(default_factory=dict)

    def of(self, file: str) -> int:
        """What one template comes to; a template that isn't there comes to nothing."""
        tree = self.trees.get(file)
        return 0 if tree is None else self._once(file, tree)

    def _once(self, name: object, node: nodes.Node) -> int:
        if name not in self.known:
            self.known[name] = _MOST + 1  # stands while it's counted: whoever comes back here is endless
            self.known[name] = 1 + sum(self._node(child) for child in node.iter_child_nodes())
        return self.known[name]

    def _node(self, node: nodes.Node) -> int:
        if isinstance(node, (nodes.Extends, nodes.Include)):
            return sum(self.of(name) for name, _ in _named(node) if name)
        if isinstance(node, nodes.Block):
            return self._once(("block", id(node)), node)
        if isinstance(node, nodes.Call) and _is_block(node) and isinstance(node.node, nodes.Getattr):
            blocks = [block for tree in self.trees.values() for block in tree.find_all(nodes.Block)]
            return sum(self._once(("block", id(b)), b) for b in blocks if b.name == node.node.attr)
        inner = 1 + sum(self._node(child) for child in node.iter_child_nodes())
        return min(inner * (_TURNS if isinstance(node, nodes.For) else 1), _MOST + 1)


def _named(node: nodes.Node) -> list[tuple[str | None, int]]:
    return list(named_in(nodes.Template([node])))
