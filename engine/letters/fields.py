"""What a letter may show: each value with its meaning, and samples to try templates with.

Which of them a letter is given depends on its kind: nobody knows by when to appeal where nothing can be
appealed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.letters.pack import CONTACTS

#: How a child is spoken of, by whoever reads: `reader` -> what the letter shows then.
READERS: Mapping[str, Mapping[str, str]] = {
    "parent": {
        "addressee": "The parents of Robin Sample",
        "who": "Robin",
        "whose": "Robin\u2019s",
    },
    "young_person": {"addressee": "Robin Sample", "who": "you", "whose": "your"},
    "alternative_person": {
        "addressee": "Whoever acts for Robin Sample",
        "who": "Robin",
        "whose": "Robin\u2019s",
    },
}


@dataclass(frozen=True)
class LetterField:
    """One value that a template may show.

    Attributes:
        meaning: what it says, for whoever writes a template.
        sample: a value to try templates with.
    """

    meaning: str
    sample: Any


@dataclass(frozen=True)
class Needs:
    """What a kind of letter is about, and so what it's given.

    Attributes:
        appealable: whether it must carry the whole appeal pack, and is given the days to appeal.
        answers: whether the family has a time to answer, which it's given.
        decides: whether it's given the day by which the authority must decide next.
    """

    appealable: bool = False
    answers: bool = False
    decides: bool = False


_ALWAYS: Mapping[str, LetterField] = {
    "authority": LetterField("Name of the council", "Sample Council"),
    "reference": LetterField("Number of the case", "1024"),
    "child": LetterField("Name of the child or young person", "Robin Sample"),
    "reader": LetterField("Who holds the rights today: parent, young_person or alternative_person", "parent"),
    "addressee": LetterField("To whom it is addressed", READERS["parent"]["addressee"]),
    "who": LetterField("The child as the reader is told of them: a first name, or you", "Robin"),
    "whose": LetterField("The same as an owner: a first name's, or your", READERS["parent"]["whose"]),
    "sent": LetterField("Day on which it is sent, in words", "2 November 2026"),
    "reasons": LetterField(
        "The reasons for the decision, each with `title` and `paragraphs`",
        [{"title": "Why", "paragraphs": ["Because of the sample."]}],
    ),
    "amendments": LetterField(
        "What the draft changes in the plan, each with `section`, `title`, `removed` and `added`",
        [{"section": "F", "title": "Sample section", "removed": ["What was."], "added": ["What is new."]}],
    ),
    "contacts": LetterField(
        "What the authority says of itself: `contacts.` and one of " + ", ".join(CONTACTS),
        {code: f"Sample {code}" for code in CONTACTS},
    ),
    "appeal_section": LetterField(
        "The part of section 51(2) by which it can be appealed; nothing where it can't be", "51(2)(a)"
    ),
    "certificate_free": LetterField(
        "Whether an appeal about section I alone needs no mediation certificate", False
    ),
}
_TO_APPEAL: Mapping[str, LetterField] = {
    "appeal_until": LetterField("Last day on which an appeal can arrive, in words", "4 January 2027"),
    "appeal_within": LetterField("The length of that time, as the law says it", "62 days"),
    "certificate_within": LetterField("The time to appeal after a mediation certificate", "31 days"),
    "mediation_until": LetterField("Last day to ask the mediation adviser, in words", "2 January 2027"),
    "mediation_within": LetterField("The length of that time, as the law says it", "61 days"),
}
_TO_ANSWER: Mapping[str, LetterField] = {
    "answer_until": LetterField("Last day for the family to answer, in words", "16 November 2026")
}
_TO_DECIDE: Mapping[str, LetterField] = {
    "decide_until": LetterField("Last day for the council to decide next, in words", "14 December 2026")
}
#: Every field of any letter.
ALL_FIELDS: Mapping[str, LetterField] = {**_ALWAYS, **_TO_ANSWER, **_TO_DECIDE, **_TO_APPEAL}
#: A value for everything that any letter may show.
SAMPLE: Mapping[str, Any] = {name: field.sample for name, field in ALL_FIELDS.items()}


def fields_of(needs: Needs) -> dict[str, LetterField]:
    """The fields that a kind of letter is given."""
    return {
        **_ALWAYS,
        **(_TO_ANSWER if needs.answers else {}),
        **(_TO_DECIDE if needs.decides else {}),
        **(_TO_APPEAL if needs.appealable else {}),
    }


def sample_of(needs: Needs, reader: str = "parent") -> dict[str, Any]:
    """Values to try a kind of letter with, for one of `READERS`."""
    sample = {name: field.sample for name, field in fields_of(needs).items()}
    if not needs.appealable:
        sample["appeal_section"] = None
    return {**sample, "reader": reader, **READERS[reader]}


def samples_of(needs: Needs) -> Iterator[dict[str, Any]]:
    """Values for the ways in which a kind of letter may have to be written: each reader, with and without."""
    for reader in READERS:
        sample = sample_of(needs, reader)
        yield sample
        yield {
            **sample,
            "certificate_free": True,
            "reasons": [*sample["reasons"], {"title": "And", "paragraphs": ["One more.", "And another."]}],
            "amendments": [
                {**sample["amendments"][0], "removed": []},
                {**sample["amendments"][0], "added": []},
            ],
        }
    yield {**sample, "amendments": [], **({} if needs.appealable else {"reasons": []})}
