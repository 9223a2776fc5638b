"""What a plan still lacks, by regulation 12 and by what we ask beyond it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.errors import FieldProblem
from engine.plans.sections import Sections, needs_of

#: From this year group on a plan must prepare for adulthood (regulation 12(3)).
ADULTHOOD_YEAR = 9
#: Past this age nobody doubts that it must, whether or not a year group is known.
_ADULT = 18
NO_ADULTHOOD = "From year 9 it must prepare for adulthood and independent living (regulation 12(3))."
#: Until this birthday the parents' own views belong into section A, whoever holds the rights.
_PARENTS_SPEAK_UNTIL = 16


@dataclass(frozen=True)
class Circumstances:
    """What completeness depends on besides the sections.

    Attributes:
        age: in completed years on the day of issue.
        year_group: on that day; None where nobody has said one.
        final: whether the version is to be issued; a draft names no setting and awaits health's word.
        first: whether it is the first version: its draft may name no setting (section 38(5)).
        direct_payment: whether provision is by direct payment; None where only section J says so.
        advisers: codes of everybody who was asked for advice, or on whose earlier advice was relied.
    """

    age: int
    year_group: int | None
    final: bool = True
    first: bool = True
    direct_payment: bool | None = None
    advisers: frozenset[str] = field(default_factory=frozenset)


def missing(sections: Sections, of: Circumstances) -> list[FieldProblem]:
    """What is missing or doesn't fit, section by section; none for a plan that may be issued."""
    return [
        FieldProblem(f"sections.{letter}", message)
        for letter, messages in (
            ("A", _views(sections, of)),
            ("B", _needs(sections)),
            ("C", _named_or_none(sections, "C", "health")),
            ("D", _named_or_none(sections, "D", "social care")),
            ("E", _outcomes(sections)),
            ("F", _provision(sections, of)),
            ("G", _health(sections, of)),
            ("H1", _under_18(sections, of)),
            ("H2", _social_care(sections)),
            ("I", _placement(sections, of)),
            ("J", _direct_payment(sections, of)),
            ("K", _advice(sections, of)),
        )
        for message in messages
    ]


def newly_missing(before: Sections, after: Sections, of: Circumstances) -> list[FieldProblem]:
    """What is missing of a plan from elsewhere after an amendment, and wasn't missing before.

    Whoever amends it isn't held to what the other authority left out or didn't send; but once year 9 has
    begun, a section F that is on record must prepare for adulthood (regulation 12(3)).
    """
    known = missing(before, of)
    due = FieldProblem("sections.F", NO_ADULTHOOD)
    return [each for each in missing(after, of) if each not in known or (each == due and after.get("F"))]


def must_prepare(of: Circumstances, *, years_ahead: int = 0) -> bool:
    """Whether a plan must prepare for adulthood, now or a number of school years from now."""
    if of.year_group is None:
        return of.age + years_ahead >= _ADULT
    return of.year_group + years_ahead >= ADULTHOOD_YEAR


def _views(sections: Sections, of: Circumstances) -> Iterator[str]:
    views = sections.get("A", {})
    if not views.get("child") and not views.get("childReason"):
        yield "The views of the child or young person are missing. Record them, or why there are none."
    if of.age < _PARENTS_SPEAK_UNTIL and not views.get("parents") and not views.get("parentsReason"):
        yield "The parents' views are missing. Record them, or why there are none."


def _needs(sections: Sections) -> Iterator[str]:
    if not sections.get("B", {}).get("needs"):
        yield "It names no special educational need. A plan specifies all of them (section 37(2)(a))."


def _named_or_none(sections: Sections, letter: str, what: str) -> Iterator[str]:
    section = sections.get(letter, {})
    if not section.get("needs") and not section.get("none"):
        yield f"It neither names {what} needs nor says that there are none."


def _outcomes(sections: Sections) -> Iterator[str]:
    section = sections.get("E", {})
    outcomes = section.get("outcomes", ())
    if not outcomes:
        yield "It names no outcome. A plan specifies the outcomes sought (section 37(2)(b))."
        return
    yield from _unknown(sections, outcomes, "Outcome")
    answered = {need for each in outcomes for need in each.get("needs", ())}
    kinds = {each.get("kind") for each in outcomes}
    for letter, kind, what, reason in _S10:
        if sections.get(letter, {}).get("needs") and not section.get(reason):
            if kind not in kinds:
                yield f"Section {letter} names {what} needs, E no {what} outcome. Add it, or why not."
            answered.add(letter)
    for need in needs_of(sections):
        if need not in answered and not _excused(sections, need):
            yield f"No outcome answers need {need}. Say which one does."


#: Letter of the need, kind of its outcomes, its name, the part that holds the reason.
_S10 = (
    ("C", "health", "health", "noHealthOutcome"),
    ("D", "social_care", "social care", "noSocialCareOutcome"),
)


def _excused(sections: Sections, need: str) -> bool:
    """Whether the plan says why nothing answers its health or social care needs."""
    reasons = {letter: reason for letter, _, _, reason in _S10}
    return bool(need in reasons and sections.get("E", {}).get(reasons[need]))


def _unknown(sections: Sections, entries: Any, what: str) -> Iterator[str]:
    """References that lead nowhere, and entries that refer to nothing."""
    known = needs_of(sections)
    for number, entry in enumerate(entries, start=1):
        referred = entry.get("needs", ())
        if not referred:
            yield f"{what} {number} answers no need. Say which, for example B1."
        for need in referred:
            if need not in known:
                yield f"{what} {number} answers need {need}, which there isn't. There are {', '.join(known)}."


def _provision(sections: Sections, of: Circumstances) -> Iterator[str]:
    section = sections.get("F", {})
    provision = section.get("provision", ())
    if not provision:
        yield "It names no provision. A plan specifies what is required (section 37(2)(c))."
    yield from _unknown(sections, provision, "Provision")
    met = {need for each in provision for need in each.get("needs", ())}
    for need in needs_of(sections):
        if need not in met and need.startswith("B"):
            yield f"No provision meets need {need}. Say which one does."
    if must_prepare(of) and not section.get("adulthood"):
        yield NO_ADULTHOOD


def _health(sections: Sections, of: Circumstances) -> Iterator[str]:
    section = sections.get("G", {})
    if section.get("provision"):
        if of.final and not (section.get("agreedBy") and section.get("agreedOn")):
            yield "The commissioning body hasn't agreed to this provision (regulation 12(2)). Ask it."
    elif not _met_elsewhere(sections, "C"):
        yield "Section C names health needs, but nothing meets them. Add provision, or say in E why not."


def _under_18(sections: Sections, of: Circumstances) -> Iterator[str]:
    if of.age >= _ADULT and sections.get("H1"):
        yield "H1 is for those under 18 (section 37(2)(e)). Move to H2 what is still required."


def _social_care(sections: Sections) -> Iterator[str]:
    if not sections.get("H1") and not sections.get("H2") and not _met_elsewhere(sections, "D"):
        yield "Section D names social care needs, but nothing meets them. Add provision, or say in E why not."


def _met_elsewhere(sections: Sections, letter: str) -> bool:
    """No such need, or one that section F meets, or the plan says why nothing does."""
    if not sections.get(letter, {}).get("needs") or _excused(sections, letter):
        return True
    return any(letter in each.get("needs", ()) for each in sections.get("F", {}).get("provision", ()))


def _placement(sections: Sections, of: Circumstances) -> Iterator[str]:
    named = sections.get("I", {})
    if of.final and not named.get("settingType"):
        yield "It names neither a setting nor a type of setting (section 40). Decide the setting first."
    if not of.final and of.first and named:
        yield "A draft names no setting and no type of setting (section 38(5)). Leave it empty."


def _direct_payment(sections: Sections, of: Circumstances) -> Iterator[str]:
    told = sections.get("J", {}).get("needsAndOutcomes")
    if of.direct_payment and not told:
        yield "Provision is by direct payment: say which needs and outcomes it meets (regulation 12(1)(j))."
    if of.direct_payment is False and sections.get("J"):
        yield "No provision is by direct payment, so there is nothing to say here."


def _advice(sections: Sections, of: Circumstances) -> Iterator[str]:
    listed = {entry["adviser"] for entry in sections.get("K", {}).get("advice", ())}
    if not listed:
        yield "It lists no advice. Everything that was gathered is listed (regulation 12(4))."
    for adviser in sorted(of.advisers - listed):
        yield f"The advice of {adviser} is missing: list it, or that earlier advice is relied on."
