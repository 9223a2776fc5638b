"""The appeal pack: what every notice that can be appealed must tell (regs 5, 10, 14, 20, 22, 31 and 32).

A template marks each part with `data-part`, so that a letter can be held to it whatever its words are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import html as lxml_html


@dataclass(frozen=True)
class Part:
    """One thing that a letter must tell.

    Attributes:
        name: the value of `data-part` on its element.
        title: what it is, for the message when it is missing.
        shows: the values that its element must show, by the names that templates use.
    """

    name: str
    title: str
    shows: tuple[str, ...] = ()


#: What an authority tells of itself in letters: code -> what it is.
CONTACTS: Mapping[str, str] = {
    "mediation_adviser": "who gives mediation information and certificates (reg 32)",
    "mediation_contact": "whom to tell at the authority that you want mediation (reg 32)",
    "disagreement_resolution": "who resolves disagreements (section 57)",
    "sendiass": "the information, advice and support service (section 32)",
    "local_offer": "where the Local Offer is found (section 30)",
    "tribunal": "where an appeal is sent",
}

#: What every appealable notice carries, in the order in which a letter tells it.
APPEAL_PACK = (
    Part("decision", "the decision"),
    Part("reasons", "the reasons for it", ("reasons",)),
    Part("right_of_appeal", "the right of appeal and its ground", ("appeal_section", "tribunal")),
    Part(
        "time_limit",
        "the last day on which an appeal can arrive",
        ("appeal_until", "appeal_within", "certificate_within"),
    ),
    Part("mediation_right", "the right to mediation"),
    Part("certificate", "when a mediation certificate is needed"),
    Part("mediation_adviser", "the mediation adviser's contact", ("mediation_adviser",)),
    Part(
        "mediation_time",
        "by when the mediation adviser must be asked",
        ("mediation_until", "mediation_within"),
    ),
    Part("tell_us", "that mediation, its issues and any health provision sought must be told"),
    Part("mediation_contact", "whom to tell at the authority", ("mediation_contact",)),
    Part("disagreement_resolution", "how disagreements are resolved", ("disagreement_resolution",)),
    Part("sendiass", "the information, advice and support service", ("sendiass",)),
    Part("local_offer", "the Local Offer", ("local_offer",)),
)


_REASONS = "reasons"


def missing_parts(letter: str, values: Mapping[str, Any]) -> Iterator[Part]:
    """The parts of the pack that a letter lacks: not there, empty, or without a value it must show.

    Args:
        letter: the HTML.
        values: what the letter was written with.
    """
    document = lxml_html.document_fromstring(letter)
    found = {
        element.get("data-part"): _bare("".join(map(str, element.itertext())))
        for element in document.iter("*")
        if element.get("data-part")
    }
    for part in APPEAL_PACK:
        text = found.get(part.name, "")
        if not text or any(_bare(each) not in text for name in part.shows for each in _shown(name, values)):
            yield part


def _shown(name: str, values: Mapping[str, Any]) -> Iterator[str]:
    """What a part must show of one of its values."""
    if name in CONTACTS:
        yield values["contacts"][name]
    elif name == _REASONS:
        for reason in values[name]:
            yield from reason["paragraphs"]
    else:
        yield str(values[name])


def _bare(text: str) -> str:
    """A text without what parsers change of it: spaces and signs that can't be seen."""
    return "".join(letter for letter in text if letter.isprintable() and not letter.isspace())
