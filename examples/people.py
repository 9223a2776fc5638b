"""Invented children and parents, with numbers that are well-formed and belong to nobody."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count, product
from random import Random

from engine.replay.numbers import nhs_check_digit, upn_letter

GIVEN = (
    "Aaliyah Adam Aisha Alfie Amelia Amir Anaya Archie Arjun Ava Ayaan Bella Callum Charlie Chloe Daisy Daniel"
    " Dylan Ella Elliot Emilia Ethan Eva Evie Fatima Finley Freya George Grace Gurpreet Hannah Harley Harper"
    " Harris Hassan Holly Ibrahim Imogen Isaac Isla Ivy Jack Jasmine Jayden Jude Kacper Kai Kiran Layla Leo"
    " Lexi Liam Lily Logan Lola Luca Maisie Malachi Maryam Mason Maya Mia Milan Millie Mohammed Musa Nathan"
    " Nia Noah Nora Oliver Omar Oscar Poppy Priya Rayan Reuben Riley Rosie Ruby Samuel Sara Simran Sofia Summer"
    " Teddy Theo Toby Tyler Violet William Yusuf Zachary Zain Zara Zuzanna"
).split()
FAMILY = (
    "Abbott Adeyemi Ahmed Aston Bailey Banks Barlow Begum Bhatti Blunt Bryce Cartwright Chahal Clarke Cooper"
    " Cresswell Dawes Dhillon Dudley Edwards Ellis Farrow Fellows Foley Gibbs Grainger Green Griffin Hadley"
    " Haque Harvey Hickman Hobson Hussain Ingram Jarvis Jevons Johal Jukes Kaur Keeling Khan Kowal Lloyd"
    " Mahmood Marsh Mason Millward Mistry Moore Mullett Nock Nowak Osborne Parkes Patel Perry Poole Pugh Rana"
    " Raybould Reeves Rollason Round Sandhu Savage Shah Sharma Silva Skidmore Smart Stanton Steele Taylor"
    " Thorne Tranter Turley Tustin Uddin Vickers Wainwright Walters Webb Whitehouse Willetts Wood Yardley Zaman"
).split()
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
        names = list(product(GIVEN, FAMILY))
        random.shuffle(names)
        self._names = iter(names)
        self._serials = count(1)
        self._nhs = _nhs_numbers()

    def child(self, curriculum_year: int, urn: str | None) -> Person:
        """The next child, in a school year and at a setting."""
        given, family = next(self._names)
        parent_given = self._random.choice(GIVEN)
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


def _nhs_numbers():  # noqa: ANN202
    for serial in count(1):
        nine = f"999{serial * 37:06}"
        digit = nhs_check_digit(nine)
        if digit is not None:
            yield nine + digit
