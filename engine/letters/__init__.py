"""Turns a template and the facts of a case into the letter that a family reads; knows of neither."""

from engine.letters.checks import parts_of, problems
from engine.letters.fields import READERS, LetterField, Needs, fields_of, sample_of
from engine.letters.pack import APPEAL_PACK, CONTACTS, Part, missing_parts
from engine.letters.problems import LetterProblem, LetterRefused
from engine.letters.sources import SUFFIX, is_whole, read_folder
from engine.letters.templates import Letter, Letters
from engine.letters.words import in_words

__all__ = [
    "APPEAL_PACK",
    "CONTACTS",
    "READERS",
    "SUFFIX",
    "Letter",
    "LetterField",
    "LetterProblem",
    "LetterRefused",
    "Letters",
    "Needs",
    "Part",
    "fields_of",
    "in_words",
    "is_whole",
    "missing_parts",
    "parts_of",
    "problems",
    "read_folder",
    "sample_of",
]
