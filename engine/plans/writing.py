"""From the answers of the forms to the sections of a plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from engine.plans.sections import SHAPE, Entries, Sections, references

Answers = Mapping[str, Any]


def written(answers: Answers) -> dict[str, dict[str, Any]]:
    """The sections that somebody wrote on the form `write_plan`; section I stays empty (section 38(5))."""
    made = {letter: make(answers) for letter, make in _MADE.items()}
    return tidy(made)


def rewritten(sections: Sections, answers: Answers) -> dict[str, dict[str, Any]]:
    """A plan with the parts that a form of amendments answers in place of the old ones.

    What the form leaves empty stays as it was; that there are no health or social care needs any more takes
    away what section C or D named.
    """
    after = {letter: dict(section) for letter, section in sections.items()}
    for letter, make in _MADE.items():
        given = {name: value for name, value in make(answers).items() if value not in (None, "", [])}
        kept = {} if letter in "CD" and given else after.get(letter, {})
        after[letter] = {**kept, **given}
    return without_stale_agreement(sections, tidy(after))


def without_stale_agreement(before: Sections, after: Sections) -> dict[str, dict[str, Any]]:
    """The new content, without an agreement that health gave to another section G (regulation 12(2))."""
    old, new = before.get("G", {}), after.get("G", {})
    if new.get("provision") == old.get("provision") or new.get("agreedOn") != old.get("agreedOn"):
        return tidy(after)
    return with_agreement(after, {})


def with_setting(sections: Sections, answers: Answers) -> dict[str, dict[str, Any]]:
    """The plan with section I as `decide_setting` decided it."""
    section = {
        "settingType": answers.get("settingType"),
        "settingUrn": answers.get("namedSettingUrn"),
        "ukprn": answers.get("ukprn"),
        "startOn": answers.get("startOn"),
    }
    return tidy({**sections, "I": section})


def with_agreement(sections: Sections, answers: Answers) -> dict[str, dict[str, Any]]:
    """The plan with health's agreement to section G, or its refusal."""
    agreed = answers.get("agreed") is True
    signed = {
        "agreedBy": answers.get("agreedBy") if agreed else None,
        "agreedOn": answers.get("agreedOn") if agreed else None,
    }
    return tidy({**sections, "G": {**sections.get("G", {}), **signed}})


def with_advice(sections: Sections, advice: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The plan with these entries in section K, in place of what it said of the same advisers before."""
    listed = (*sections.get("K", {}).get("advice", ()), *advice)
    newest = {(entry["adviser"], entry["how"]): dict(entry) for entry in listed}
    return tidy({**sections, "K": {"advice": list(newest.values())}})


def tidy(sections: Sections) -> dict[str, dict[str, Any]]:
    """The same without what is empty, and in the order of the plan, so that equal plans are equal."""
    kept = {}
    for letter, shape in SHAPE.items():
        section = sections.get(letter, {})
        parts = {each.name: _tidied(each, section.get(each.name)) for each in shape}
        held = {name: value for name, value in parts.items() if value not in (None, "", [])}
        if held:
            kept[letter] = held
    return kept


def _tidied(shape: Any, value: Any) -> Any:
    if isinstance(shape, Entries) and value:
        names = [part.name for part in shape.parts]
        return [
            {name: entry[name] for name in names if entry.get(name) not in (None, "", [])} for entry in value
        ]
    return value.strip() if isinstance(value, str) else value


def _entries(answers: Answers, name: str) -> Any:
    """A list of the form, its references to needs read."""
    found = answers.get(name)
    if not isinstance(found, list):
        return found
    return [
        {**entry, **({"needs": references(entry["needs"])} if "needs" in entry else {})} for entry in found
    ]


def _named(answers: Answers, asked: str, text: str) -> dict[str, Any]:
    """The needs that are named, or that there are none."""
    if answers.get(asked) is False:
        return {"none": True}
    return {"needs": answers.get(text)}


def _a(answers: Answers) -> dict[str, Any]:
    return {
        "child": answers.get("childViews"),
        "childQuoted": answers.get("childQuoted"),
        "childReason": answers.get("childViewsReason"),
        "parents": answers.get("parentViews"),
        "parentsReason": answers.get("parentViewsReason"),
        "history": answers.get("history"),
        "communication": answers.get("communication"),
    }


def _b(answers: Answers) -> dict[str, Any]:
    return {
        "primary": answers.get("senTypePrimary"),
        "secondary": answers.get("senTypeSecondary"),
        "needs": answers.get("needs"),
    }


def _e(answers: Answers) -> dict[str, Any]:
    return {
        "outcomes": _entries(answers, "outcomes"),
        "noHealthOutcome": answers.get("noHealthOutcome"),
        "noSocialCareOutcome": answers.get("noSocialCareOutcome"),
    }


def _f(answers: Answers) -> dict[str, Any]:
    adulthood = answers.get("adulthoodProvision") or answers.get("missingAdulthood")
    return {"provision": _entries(answers, "provision"), "adulthood": adulthood}


def _j(answers: Answers) -> dict[str, Any]:
    return {"kind": answers.get("directPaymentKind"), "needsAndOutcomes": answers.get("directPaymentText")}


_MADE: Mapping[str, Callable[[Answers], dict[str, Any]]] = {
    "A": _a,
    "B": _b,
    "C": lambda answers: _named(answers, "healthNeeds", "healthNeedsText"),
    "D": lambda answers: _named(answers, "socialNeeds", "socialNeedsText"),
    "E": _e,
    "F": _f,
    "G": lambda answers: {"provision": answers.get("healthProvision")},
    "H1": lambda answers: {"provision": answers.get("socialProvisionH1")},
    "H2": lambda answers: {"provision": answers.get("socialProvisionH2")},
    "J": _j,
    "K": lambda answers: {"advice": answers.get("appendices")},
}
