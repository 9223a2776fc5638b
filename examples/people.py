"""Invented children and parents, with numbers that are well-formed and belong to nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, product
from pathlib import Path
from random import Random

import yaml

from engine.replay.numbers import nhs_check_digit, upn_letter

_NAMES = yaml.safe_load(Path(__file__).with_name("names.yaml").read_text(encoding="utf-8"))
_AUTHORITY = "333"
#: In the year the file was made for, a child in year 0 entered school in this one.
_ENTERED = 26


@dataclass(frozen=True)
class Person:
    """A child, and the parent who speaks for it."""

    given_name: str
    family_name: str
    birthday: str
    upn: str
    nhs_number: str
    parent: str


class People:
    """Gives out people, each name once."""

    def __init__(self, random: Random) -> None:
        self._random = random
        names = list(product(_NAMES["given"], _NAMES["family"]))
        random.shuffle(names)
        self._names = iter(names)
        self._serials = count(1)
        self._nhs = _nhs_numbers()

    def child(self, curriculum_year: int, urn: str | None) -> Person:
        """The next child, in a school year and at a setting."""
        given, family = next(self._names)
        parent_given = self._random.choice(_NAMES["given"])
        return Person(
            given,
            family,
            f"{self._random.randint(1, 12):02}-{self._random.randint(1, 28):02}",
            self._upn(curriculum_year, urn),
            next(self._nhs),
            f"{parent_given} {family}",
        )

    def _upn(self, curriculum_year: int, urn: str | None) -> str:
        school = urn[-4:] if urn else "0000"
        entered = (_ENTERED - max(curriculum_year, 0)) % 100
        rest = f"{_AUTHORITY}{school}{entered:02}{next(self._serials) % 1000:03}"
        return upn_letter(rest) + rest


def _nhs_numbers() -> Iterator[str]:
    for serial in count(1):
        nine = f"999{serial * 37:06}"
        digit = nhs_check_digit(nine)
        if digit is not None:
            yield nine + digit
