"""Every public name of the product says what it means."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.support.sources import modules, parse

Documented = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def silent(tree: ast.Module) -> Iterator[str]:
    """The public names without a docstring, the module itself included unless it's empty."""
    if tree.body and ast.get_docstring(tree) is None:
        yield "the module"
    yield from _silent_inside(tree, "")


def _silent_inside(node: ast.Module | ast.ClassDef, place: str) -> Iterator[str]:
    for child in node.body:
        if not isinstance(child, Documented) or child.name.startswith("_") or _is_overload(child):
            continue
        if ast.get_docstring(child) is None:
            yield f"{place}{child.name}"
        if isinstance(child, ast.ClassDef):
            yield from _silent_inside(child, f"{place}{child.name}.")


def _is_overload(node: Documented) -> bool:
    return any(
        getattr(decorator, "id", getattr(decorator, "attr", "")) in ("overload", "setter")
        for decorator in node.decorator_list
    )


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_every_public_name_has_a_docstring(module):
    assert list(silent(module.tree)) == []


def test_a_silent_name_is_seen():
    text = '"""Module."""\nclass Thing:\n    """A thing."""\n    def act(self): pass\ndef _own(): pass\n'
    assert list(silent(parse(text))) == ["Thing.act"]
