"""Turns a template and the facts of a case into the letter that a family reads; knows of neither."""

from engine.letters.pack import APPEAL_PACK, CONTACTS, Part, missing_parts
from engine.letters.templates import Letter, LetterRefused, Letters
from engine.letters.words import in_words

__all__ = [
    "APPEAL_PACK",
    "CONTACTS",
    "Letter",
    "LetterRefused",
    "Letters",
    "Part",
    "in_words",
    "missing_parts",
]
