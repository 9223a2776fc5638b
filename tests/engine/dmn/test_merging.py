"""Imports without a name: their content belongs to the importing model."""

from __future__ import annotations

import pytest

from engine.dmn import read_models
from tests.engine.dmn.models import NAMESPACE, answer, decision, given, item, knowledge, xml


def importing(*spaces: str) -> str:
    return "".join(f"<import name='' namespace='urn:{one}' importType='{NAMESPACE}'/>" for one in spaces)


def top(**files: bytes):
    """The first of some models."""
    return next(iter(read_models(files).values()))


ASKS = decision("asked", "rate", decisions=("rate",))


def saying(space: str, *imports: str) -> bytes:
    """A model whose decision ``rate`` answers the model's own name."""
    return xml(importing(*imports), decision("rate", f'"{space}"'), namespace=f"urn:{space}")


def passing(space: str, *imports: str) -> bytes:
    """A model of nothing but imports."""
    return xml(importing(*imports), namespace=f"urn:{space}")


ORDERS = {
    "the nearest first": ({"b": saying("b", "c"), "c": saying("c")}, ("b",), "b"),
    "the first of two": ({"b": saying("b"), "c": saying("c")}, ("b", "c"), "b"),
    "the only one that has it": ({"b": passing("b"), "c": saying("c")}, ("b", "c"), "c"),
    "deep before wide": ({"b": passing("b", "c"), "c": saying("c"), "d": saying("d")}, ("b", "d"), "c"),
    "round in a circle": ({"b": passing("b", "c"), "c": saying("c", "b")}, ("b",), "c"),
}


@pytest.mark.parametrize("case", ORDERS)
def test_a_name_is_looked_for_in_the_imports_in_order(case):
    others, imports, expected = ORDERS[case]
    made = top(a=xml(importing(*imports), ASKS, namespace="urn:a"), **others)
    assert answer(made, "asked").value == expected


def test_a_model_may_import_itself():
    assert (
        answer(top(a=xml(importing("a"), ASKS, decision("rate", '"own"'), namespace="urn:a")), "asked").value
        == "own"
    )


@pytest.mark.parametrize("reference", ["rate", "urn:b#rate"])
def test_the_importing_models_own_element_serves_what_it_imports(reference):
    b = xml(decision("asked", "rate", decisions=(reference,)), decision("rate", '"b"'), namespace="urn:b")
    made = top(a=xml(importing("b"), decision("rate", '"a"'), namespace="urn:a"), b=b)
    assert answer(made, "asked").value == "a"
    other = '<decision id="other" name="rate"><variable name="rate"/></decision>'
    made = top(a=xml(importing("b"), other, namespace="urn:a"), b=b)
    assert answer(made, "asked", {"rate": "given"}).value == "given"


def test_types_functions_and_inputs_come_along():
    b = xml(
        item("tShort", "string", allowed="string length(?) < 4"), given("word"),
        knowledge("twice", {"x": None}, "x + x"), decision("typed", "word", inputs=("word",), kind="tShort"),
        namespace="urn:b",
    )  # fmt: skip
    own = (
        decision("d", "twice(word)", inputs=("word",), knowledge=("twice",)),
        decision("t", '"long one"', kind="tShort"),
    )
    made = top(a=xml(importing("b"), *own, namespace="urn:a"), b=b)
    assert answer(made, "d", {"word": "ab"}).value == "abab"
    assert answer(made, "t").value is None
    assert answer(made, "typed", {"word": "abc"}).value == "abc"
