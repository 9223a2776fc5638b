"""What every compiled form shares: the closures' type, the static scopes, and the table of compilers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from engine.feel.evaluation import Scope
from engine.feel.functions import Functions
from engine.feel.syntax.tree import Literal, Node
from engine.feel.types import Type
from engine.feel.values import Value

Closure = Callable[[Scope], Value]
N = TypeVar("N", bound=Node)


@dataclass(frozen=True)
class Level:
    """One scope inside the expression, as known when compiling.

    Attributes:
        names: what it defines; fixed, or growing while a context's entries are compiled.
        dynamic: whether it is a filter's, where the item's own entries are names as well.
        growing: names of lists that still grow, and are copied when they are read.
    """

    names: set[str]
    dynamic: bool = False
    growing: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Compiling:
    """Where the compiler is.

    Attributes:
        functions: the built-ins by name.
        known: names that hide a built-in of the same name.
        find_type: finds declared types.
        sizes: number of nodes of each subtree, by the node's id.
        levels: scopes inside the expression, outermost first.
    """

    functions: Functions
    known: frozenset[str]
    find_type: Callable[[str], Type | None]
    sizes: Mapping[int, int]
    levels: tuple[Level, ...] = field(default=())

    def inside(self, level: Level) -> Compiling:
        """The same, one scope further in."""
        return replace(self, levels=(*self.levels, level))

    def closure(self, node: Node) -> Closure:
        """The closure of a node."""
        return COMPILERS[type(node)](node, self)

    def weight(self, node: Node) -> int:
        """The steps that one turn through a loop's body costs."""
        return 1 + self.sizes[id(node)] // 8


COMPILERS: dict[type, Callable[[Any, Compiling], Closure]] = {}


Compiler = Callable[[N, Compiling], Closure]


def compiles(kind: type[N]) -> Callable[[Compiler[N]], Compiler[N]]:
    """Register a function as the compiler of one kind of node."""

    def register(compiler: Compiler[N]) -> Compiler[N]:
        COMPILERS[kind] = compiler
        return compiler

    return register


@compiles(Literal)
def _literal(node: Literal, _: Compiling) -> Closure:
    value = node.value
    return lambda scope: value
