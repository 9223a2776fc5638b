"""FEEL, the expression language of the DMN standard: compiled to closures, bounded, without side effects."""

from engine.feel.builtins import BUILTINS, STANDARD
from engine.feel.checking import check
from engine.feel.errors import FeelSyntaxError, FeelWarning, LimitExceeded, NoValue, Problem
from engine.feel.expression import Expression, Result, compile_expression, compile_tests
from engine.feel.functions import Functions
from engine.feel.interchange import freeze, from_json, thaw, to_json
from engine.feel.inward import PartlySettled
from engine.feel.temporal import Date, DateAndTime, DaysAndTime, Time, YearsAndMonths
from engine.feel.values import Function, Range, Value

__all__ = [
    "BUILTINS",
    "STANDARD",
    "Date",
    "DateAndTime",
    "DaysAndTime",
    "Expression",
    "FeelSyntaxError",
    "FeelWarning",
    "Function",
    "Functions",
    "LimitExceeded",
    "NoValue",
    "PartlySettled",
    "Problem",
    "Range",
    "Result",
    "Time",
    "Value",
    "YearsAndMonths",
    "check",
    "compile_expression",
    "compile_tests",
    "freeze",
    "from_json",
    "thaw",
    "to_json",
]
