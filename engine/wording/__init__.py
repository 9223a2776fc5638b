"""Turns a template and what a message carries into the words that somebody reads; knows of neither."""

from engine.wording.fields import FIELDS, KINDS, Field, kind_of, values_of
from engine.wording.problems import WordingProblem, WordingRefused
from engine.wording.templates import Wordings, Written

__all__ = [
    "FIELDS",
    "KINDS",
    "Field",
    "WordingProblem",
    "WordingRefused",
    "Wordings",
    "Written",
    "kind_of",
    "values_of",
]
