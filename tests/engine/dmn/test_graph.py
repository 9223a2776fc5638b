"""Requirement graphs, knowledge models, services and imports."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.dmn import ModelRefused, UnknownDecision, read_models
from engine.feel import Date, LimitExceeded, to_json
from tests.engine.dmn.models import (
    NAMESPACE,
    answer,
    component,
    context,
    decision,
    given,
    item,
    knowledge,
    literal,
    model,
    service,
    table,
    xml,
)
from tests.engine.feel.evaluating import NOW


def test_decisions_use_what_they_require():
    made = model(
        given("Monthly income", "number"),
        decision("Yearly income", "Monthly income * 12", inputs=("Monthly income",)),
        decision("Rich", "Yearly income > 100000", decisions=("Yearly income",)),
    )
    assert answer(made, "Rich", {"Monthly income": 9000}).value is True
    assert answer(made, "Yearly income", {"Monthly income": 1.5}).value == 18


def test_each_decision_is_worked_out_once():
    made = model(
        given("x"),
        decision("a", table(["x"], ["o"], ["- | 1"]), inputs=("x",)),
        decision("b", "a + 1", decisions=("a",)),
        decision("c", "a + b + a", decisions=("a", "b")),
    )
    result = answer(made, "c", {"x": 0})
    assert result.value == 4
    assert len(result.matched_rules) == 1


def test_only_what_is_required_is_in_scope():
    made = model(given("x"), given("y"), decision("d", "y", inputs=("x",)), lenient=True)
    assert "no variable 'y'" in made.problems[0].message
    assert answer(made, "d", {"x": 1, "y": 2}).value is None


def test_a_decision_without_logic_is_what_is_given():
    made = model(decision("d", kind="number"), decision("e", "d + 1", decisions=("d",)))
    assert answer(made, "e", {"d": 4}).value == 5
    assert answer(made, "d").value is None


def test_a_decision_is_found_by_name_and_by_id():
    made = model("<decision id='_1' name='The  answer'>" + literal("42") + "</decision>")
    assert answer(made, "The answer").value == 42
    assert answer(made, "_1").value == 42
    assert set(made.decisions) == {"_1", "The answer"}
    with pytest.raises(UnknownDecision, match="It has: 'The answer'"):
        answer(made, "Nothing")


def test_elements_without_ids_are_kept_apart():
    made = model(
        "<decision name='a'>" + literal("1") + "</decision><decision name='b'>" + literal("2") + "</decision>"
    )
    assert (answer(made, "a").value, answer(made, "b").value) == (1, 2)


def test_a_variable_without_name_is_the_elements():
    made = model("<decision id='d' name='d'><variable typeRef='string'/>" + literal("1") + "</decision>")
    assert answer(made, "d").value is None


@pytest.mark.parametrize("dmn", [
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd", "http://www.omg.org/spec/DMN/20180521/MODEL/",
    NAMESPACE, "https://www.omg.org/spec/DMN/20211108/MODEL/", "https://www.omg.org/spec/DMN/20230324/MODEL/",
])  # fmt: skip
def test_every_version_is_read(dmn):
    made = model(given("x", "feel:number"), decision("d", "x + 1", inputs=("x",)), dmn=dmn, lenient=True)
    assert answer(made, "d", {"x": 1}).value == 2


def test_old_type_names_and_prefixes_are_understood():
    body = (
        "<definitions xmlns='http://www.omg.org/spec/DMN/20151101/dmn.xsd' namespace='urn:old' "
        "xmlns:feel='http://www.omg.org/spec/FEEL/20140401' xmlns:own='urn:old'>"
        "<itemDefinition name='tAge'><typeRef>feel:number</typeRef></itemDefinition>"
        + given("x", "feel:dateTime") + given("y", "own:tAge") + given("z", "{urn:old}tAge")
        + decision("d", "x + duration(\"P1D\")", inputs=("x",), kind="feel:dateTime")
        + decision("e", "y + z", inputs=("y", "z"))
        + "</definitions>"
    )  # fmt: skip
    made = read_models({"old.dmn": body.encode()})["old.dmn"]
    assert str(answer(made, "d", {"x": "2020-01-01T00:00:00"}).value) == "2020-01-02T00:00:00"
    assert answer(made, "e", {"y": 1, "z": "a"}).value is None
    assert answer(made, "e", {"y": 1, "z": 2}).value == 3


def test_a_knowledge_model_is_a_function():
    made = model(
        knowledge("base", {}, "10"),
        knowledge("add", {"a": "number", "b c": "number"}, "a + b c + base()", "number", knowledge=("base",)),
        decision("d", "add(1, 2)", knowledge=("add",)),
        decision("named", "add(b c: 2, a: 1)", knowledge=("add",)),
        decision("unfit", 'add("1", 2)', knowledge=("add",)),
        decision("few", "add(1)", knowledge=("add",)),
    )
    assert [answer(made, name).value for name in ("d", "named", "unfit", "few")] == [13, 13, None, None]


def test_a_knowledge_model_may_call_itself_and_hold_a_table():
    rules = ["<= 1 | 1", "> 1 | n * factorial(n - 1)"]
    made = model(
        knowledge("factorial", {"n": "number"}, table(["n"], ["o"], rules)),
        decision("d", "factorial(5)", knowledge=("factorial",)),
        decision("deep", "factorial(1000)", knowledge=("factorial",)),
    )
    assert answer(made, "d").value == 120
    with pytest.raises(LimitExceeded):
        answer(made, "deep")


def test_a_knowledge_models_result_is_coerced():
    made = model(
        knowledge("f", {"a": None}, "a", "number"), decision("d", 'f("x")', knowledge=("f",)),
        decision("e", "f([1])", knowledge=("f",)),
    )  # fmt: skip
    assert answer(made, "d").value is None
    assert answer(made, "e").value == 1


SERVICE = (
    given("x", "number"),
    decision("inner", "x * 2", inputs=("x",)),
    decision("outer", "inner + 1", decisions=("inner",)),
    decision("other", "inner + 2", decisions=("inner",)),
    service("whole", ("outer",), encapsulated=("inner",), inputs=("x",)),
    service("part", ("outer",), decisions=("inner",)),
    service("both", ("outer", "other"), encapsulated=("inner",), inputs=("x",)),
    service("typed", ("outer",), kind="string", encapsulated=("inner",), inputs=("x",)),
    decision("calls", "whole(5)", knowledge=("whole",)),
    decision("names", "part(inner: 100)", knowledge=("part",)),
    decision("path", "both(1).other", knowledge=("both",)),
    decision("unfit", 'whole("a")', knowledge=("whole",)),
)


@pytest.mark.parametrize(
    ("name", "inputs", "expected"),
    [
        ("whole", {"x": 5}, 11),
        ("whole", {}, None),
        ("part", {"inner": 10, "x": 5}, 11),
        ("part", {"x": 5}, None),
        ("both", {"x": 5}, {"outer": 11, "other": 12}),
        ("typed", {"x": 5}, None),
        ("calls", {}, 11),
        ("names", {}, 101),
        ("path", {}, 4),
        ("unfit", {}, None),
    ],
)
def test_decision_services(name, inputs, expected):
    assert to_json(answer(model(*SERVICE), name, inputs).value) == expected


def test_what_a_model_offers():
    offered = {info.name: info for info in model(*SERVICE).offered}
    assert offered["outer"].inputs == ("x",)
    assert (offered["part"].kind, offered["part"].inputs) == ("service", ("inner",))


RATES = xml(
    item("tRate", "number", allowed="[0..1]"),
    item("tBook", "", component("Best-rate", "tRate")),
    given("Base", "number"),
    knowledge("monthly", {"rate": "tRate"}, "rate / 12"),
    decision("Current rate", "Base / 100", inputs=("Base",), kind="tRate"),
    service("Rate service", ("Current rate",), inputs=("Base",)),
    namespace="urn:rates",
    name="Rates",
)
IMPORT = f"<import name='rates' namespace='urn:rates' importType='{NAMESPACE}'/>"


def importing(*elements, name="rates"):
    first = xml(IMPORT.replace("'rates'", f"'{name}'"), *elements, namespace="urn:loans", name="Loans")
    return read_models({"loans.dmn": first, "rates.dmn": RATES})["loans.dmn"]


def test_imported_elements_are_seen_through_the_imports_name():
    made = importing(
        decision(
            "d", "rates.monthly(rates.Current rate) + rates.Base",
            inputs=("urn:rates#Base",), decisions=("urn:rates#Current rate",), knowledge=("urn:rates#monthly",),
        ),
        decision("s", "rates.Rate service(50)", knowledge=("urn:rates#Rate service",)),
    )  # fmt: skip
    for inputs in ({"Base": 12}, {"rates": {"Base": 12}}, {"rates.Base": 12}):
        assert answer(made, "d", inputs).value == Decimal("12.01")
    assert answer(made, "s").value == Decimal("0.5")


def test_imported_types_bear_the_imports_name():
    made = importing(
        given("r", "rates.tRate"), given("b", "rates.tBook"),
        decision("d", "r", inputs=("r",)), decision("is", "r instance of rates.tRate", inputs=("r",)),
        decision("path", "b.Best-rate", inputs=("b",)),
    )  # fmt: skip
    assert answer(made, "d", {"r": 0.5}).value == Decimal("0.5")
    assert answer(made, "d", {"r": 5}).value is None
    assert answer(made, "is", {"r": 0.5}).value is True
    assert answer(made, "path", {"b": {"Best-rate": 1}}).value == 1


def test_an_import_without_a_name_merges():
    made = importing(
        given("r", "tRate"), decision("d", "Current rate + r", inputs=("r",), decisions=("urn:rates#Current rate",)),
        name="",
    )  # fmt: skip
    assert answer(made, "d", {"Base": 10, "r": 0.5}).value == Decimal("0.6")


def test_models_that_import_each_other_are_refused():
    files = {
        name: xml(IMPORT.replace("urn:rates", f"urn:{other}"), namespace=f"urn:{name}")
        for name, other in (("a", "b"), ("b", "a"))
    }
    with pytest.raises(ModelRefused, match="in a circle"):
        read_models(files)


def test_imports_of_imports_take_their_inputs_by_plain_name():
    middle = xml(IMPORT, decision("m", "rates.Base * 2", inputs=("urn:rates#Base",)), namespace="urn:middle")
    top = xml(
        IMPORT.replace("rates", "middle"), decision("t", "middle.m + 1", decisions=("urn:middle#m",)),
        namespace="urn:top",
    )  # fmt: skip
    made = read_models({"top": top, "middle": middle, "rates": RATES})["top"]
    for inputs in ({"Base": 3}, {"middle": {"rates": {"Base": 3}}}, {"rates": {"Base": 3}}):
        assert answer(made, "t", inputs).value == 7


def test_the_clock_of_the_evaluation_is_the_decisions():
    made = model(decision("a", "today()"), decision("b", "now() - now() = duration(\"PT0S\") and a = today()", decisions=("a",)))  # fmt: skip
    assert answer(made, "a").value == Date(2026, 7, 2)
    assert answer(made, "b").value is True


def test_a_table_with_many_rules_ends_within_its_steps():
    rules = [f"{i} | {i}" for i in range(400)]
    made = model(
        given("x"), knowledge("t", {"x": None}, table(["x"], ["o"], rules)),
        decision("d", "for i in 1..1000000 return t(i)", knowledge=("t",)),
    )  # fmt: skip
    with pytest.raises(LimitExceeded):
        made.evaluate("d", {}, now=NOW)


def test_boxed_logic_inside_a_context_sees_what_is_before_it():
    logic = context({"a": "x + 1", "b": table(["a"], ["o"], ['> 5 | "big"', '<= 5 | "small"']), "": "b"})
    made = model(given("x"), decision("d", logic, inputs=("x",)))
    assert [answer(made, "d", {"x": x}).value for x in (1, 9)] == ["small", "big"]


def test_a_knowledge_model_can_be_asked_directly():
    made = model(knowledge("age", {"born": "date"}, "today().year - born.year"))
    assert answer(made, "age", {"born": "2015-01-01"}).value == 11
    assert made.offers("age")
    assert not made.offers("born")
    assert made.offered == ()
