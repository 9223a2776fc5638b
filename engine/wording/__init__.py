"""Turns a template and what a message carries into the words that somebody reads; knows of neither."""

from engine.wording.fields import FIELDS, KINDS, Field, kind_of, sample_of, values_of
from engine.wording.problems import WordingProblem, WordingRefused
from engine.wording.templates import SUFFIX, Wordings, Written, problems, read_folder

__all__ = [
    "FIELDS",
    "KINDS",
    "SUFFIX",
    "Field",
    "WordingProblem",
    "WordingRefused",
    "Wordings",
    "Written",
    "kind_of",
    "problems",
    "read_folder",
    "sample_of",
    "values_of",
]
