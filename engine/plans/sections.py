"""The sections of a plan by letter (regulation 12(1)), and what may stand in each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

#: The content of a plan: letter -> what stands there. Letters that hold nothing are left out.
Sections = Mapping[str, Mapping[str, Any]]

#: Letter -> title, in the order of the plan.
TITLES = {
    "A": "Views, interests and aspirations",
    "B": "Special educational needs",
    "C": "Health needs",
    "D": "Social care needs",
    "E": "Outcomes",
    "F": "Special educational provision",
    "G": "Health provision",
    "H1": "Social care provision under the 1970 Act",
    "H2": "Other social care provision",
    "I": "Placement",
    "J": "Direct payments",
    "K": "Advice and information",
}
KINDS_OF_OUTCOME = ("education", "health", "social_care", "adulthood")
HOW_ADVICE_CAME = ("sought", "relied_on", "declined")


@dataclass(frozen=True)
class Part:
    """One thing that a section may hold.

    Attributes:
        name: as it stands in the content.
        label: how it is shown.
        longest: the most letters of a text; 0 for a yes or no, -1 for a number, -2 for a list of references.
    """

    name: str
    label: str
    longest: int = 20_000


@dataclass(frozen=True)
class Entries:
    """A list in a section, each entry made of parts. The first part is what every entry must have."""

    name: str
    label: str
    parts: tuple[Part, ...]


YES_OR_NO, NUMBER, REFERENCES = 0, -1, -2
_LINE = 200

#: What each section may hold, in the order in which it is read.
SHAPE: Mapping[str, tuple[Part | Entries, ...]] = {
    "A": (
        Part("child", "The child or young person"),
        Part("childQuoted", "In their own words", YES_OR_NO),
        Part("childReason", "No views of the child or young person, because"),
        Part("parents", "The parents"),
        Part("parentsReason", "No views of the parents, because"),
        Part("history", "History"),
        Part("communication", "How to communicate"),
    ),
    "B": (
        Part("primary", "Main type of need", _LINE),
        Part("secondary", "Second type of need", _LINE),
        Entries(
            "needs",
            "Need",
            (Part("need", ""), Part("area", "area", _LINE), Part("strengths", "strengths")),
        ),
    ),
    "C": (Part("none", "No health needs that relate to the SEN", YES_OR_NO), Part("needs", "Needs")),
    "D": (Part("none", "No social care needs", YES_OR_NO), Part("needs", "Needs")),
    "E": (
        Entries(
            "outcomes",
            "Outcome",
            (
                Part("outcome", ""),
                Part("kind", "kind", _LINE),
                Part("needs", "answers", REFERENCES),
                Part("by", "by", _LINE),
                Part("steps", "steps"),
                Part("monitoring", "monitoring", _LINE),
            ),
        ),
        Part("noHealthOutcome", "No health outcome, because"),
        Part("noSocialCareOutcome", "No social care outcome, because"),
    ),
    "F": (
        Entries(
            "provision",
            "Provision",
            (
                Part("what", ""),
                Part("needs", "meets", REFERENCES),
                Part("who", "by", _LINE),
                Part("howMuch", "how much", _LINE),
                Part("hours", "hours a week", NUMBER),
            ),
        ),
        Part("adulthood", "Preparation for adulthood and independent living"),
    ),
    "G": (
        Entries(
            "provision",
            "Provision",
            (Part("what", ""), Part("who", "by", _LINE), Part("howMuch", "how much", _LINE)),
        ),
        Part("agreedBy", "Agreed by", _LINE),
        Part("agreedOn", "Agreed on", 10),
    ),
    "H1": (Part("provision", "Provision"),),
    "H2": (Part("provision", "Provision"),),
    "I": (
        Part("settingType", "Type of setting", _LINE),
        Part("settingUrn", "Setting (URN)", 6),
        Part("ukprn", "Setting (UK provider number)", 8),
        Part("startOn", "From", 10),
    ),
    "J": (Part("kind", "For", _LINE), Part("needsAndOutcomes", "Needs and outcomes it meets")),
    "K": (
        Entries(
            "advice",
            "Advice",
            (
                Part("adviser", "", 40),
                Part("author", "by", _LINE),
                Part("on", "of", 10),
                Part("how", "", 20),
            ),
        ),
    ),
}


def needs_of(sections: Sections) -> list[str]:
    """What outcomes and provision can refer to: B1, B2 and so on, C and D where they name a need."""
    numbered = [f"B{number}" for number, _ in enumerate(sections.get("B", {}).get("needs", ()), start=1)]
    return numbered + [letter for letter in ("C", "D") if sections.get(letter, {}).get("needs")]


def references(text: object) -> list[str]:
    """The needs that a text such as "B1, C" refers to, each once."""
    words = str(text or "").replace(",", " ").replace(";", " ").split()
    return list(dict.fromkeys(word.upper() for word in words))


def lines_of(letter: str, section: Mapping[str, Any]) -> list[str]:
    """A section as people read it, line by line; what the lines say, the section says, and nothing else."""
    return [line for shape in SHAPE[letter] for line in _lines(letter, shape, section.get(shape.name))]


def _lines(letter: str, shape: Part | Entries, value: Any) -> Iterator[str]:
    if value is None:
        return
    if isinstance(shape, Part):
        yield from _told(f"{shape.label}: " if shape.label else "", _text(value))
        return
    for number, entry in enumerate(value, start=1):
        for part in shape.parts:
            if entry.get(part.name) is not None:
                label = f", {part.label}" if part.label else ""
                yield from _told(f"{shape.label} {letter}{number}{label}: ", _text(entry[part.name]))


def _told(prefix: str, text: str) -> Iterator[str]:
    for line in text.split("\n"):
        yield prefix + line


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, list) else str(value)
