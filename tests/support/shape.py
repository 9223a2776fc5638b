"""The shape of the code in figures, against our targets: `make shape`. Only the maxima fail a test."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tests.support.sources import PRODUCT, Module, modules

LONGEST_FUNCTION = 60
LONG_MODULE, LONGEST_MODULE = 400, 600
SHARE_OF_LONG_MODULES = 0.03


class Function(NamedTuple):
    """A function or method: where it is and how many lines it has, without its docstring."""

    place: str
    lines: int
    documented: bool
    public: bool
    annotated: bool


def functions(of: Iterable[Module]) -> Iterator[Function]:
    """All functions, nested ones counted alone too, overloads left out."""
    for module in of:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not _is_overload(node):
                yield _measured(module, node)


def lines(module: Module) -> int:
    """The lines of a module, blank ones included."""
    return module.text.count("\n")


def report() -> str:
    """The figures of the product and of the tests, each beside its target."""
    return "\n".join(
        [*_figures("product", modules(*PRODUCT), 8, 25), "", *_figures("tests", modules("tests"), 8, 25)]
    )


def _measured(module: Module, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Function:
    docstring = ast.get_docstring(node, clean=False) is not None
    taken_off = _span(node.body[0]) if docstring else 0
    return Function(
        f"{module.name}:{node.lineno} {node.name}",
        (node.end_lineno or node.lineno) - node.lineno + 1 - taken_off,
        docstring,
        not node.name.startswith("_"),
        node.returns is not None or node.name == "__init__",
    )


def _span(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _is_overload(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(getattr(decorator, "id", "") == "overload" for decorator in node.decorator_list)


def _figures(title: str, of: tuple[Module, ...], median: int, ninth: int) -> list[str]:
    found = sorted(functions(of), key=lambda function: -function.lines)
    lengths, modules_ = [function.lines for function in found], sorted(of, key=lines, reverse=True)
    public = [function for function in found if function.public]
    return [
        f"{title}: {len(of)} modules, {sum(map(lines, of))} lines, {len(found)} functions",
        f"  function lines: median {statistics.median(lengths):g} (at most {median}),"
        f" nine in ten {_ninth(lengths):g} (at most {ninth}), longest {lengths[0]} (at most {LONGEST_FUNCTION})",
        *(f"    {function.lines:4d}  {function.place}" for function in found[:5]),
        f"  module lines: median {statistics.median(map(lines, of)):g} (60 to 150),"
        f" over {LONG_MODULE}: {_share(lines(module) > LONG_MODULE for module in of):.1%} (at most 3%)",
        *(f"    {lines(module):4d}  {module.name}" for module in modules_[:5]),
        f"  public functions with a docstring: {_share(function.documented for function in public):.0%};"
        f" returns annotated: {_share(function.annotated for function in found):.0%}",
    ]


def _ninth(values: list[int]) -> float:
    return statistics.quantiles(values, n=10)[-1]


def _share(of: Iterable[bool]) -> float:
    values = list(of)
    return sum(values) / len(values)


if __name__ == "__main__":
    print(report())
