"""What a template of a message may show: numbers, steps, days and links, and never anybody's name.

A field that could hold a person's name, a diagnosis or a document doesn't exist: no template can ask for one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.letters.words import in_words


@dataclass(frozen=True)
class Field:
    """One value that a template may show.

    Attributes:
        meaning: what it says, for whoever writes a template.
        sample: a value to try templates with.
        is_needed: whether a template of this kind must show it.
    """

    meaning: str
    sample: Any
    is_needed: bool = False


_CASE = Field("Number of the case", "1024", is_needed=True)
_LINK = Field("Address of the page behind sign-in", "https://ehc.example/escalations/7", is_needed=True)
_TO_DO = Field("What the reader should do", "Decide, or say what stands in the way.", is_needed=True)
_BY_WHEN = Field("Last day of the limit, in words", "14 December 2026", is_needed=True)
_LEFT = Field("Days that are left; 0 on the last day and later", 7)
_LATE = Field("Days that it is late; 0 as long as it isn't", 0)
_LINE: Mapping[str, Any] = {
    "case": "1024",
    "title": "Decide whether to assess",
    "by_when": "14 December 2026",
    "days_left": 7,
    "days_late": 0,
    "level": "service manager",
    "link": "https://ehc.example/escalations/7",
}

#: Kind of message -> the fields that its templates may show.
FIELDS: Mapping[str, Mapping[str, Field]] = {
    "alert": {
        "case": _CASE,
        "link": _LINK,
        "what_to_do": _TO_DO,
        "by_when": _BY_WHEN,
        "title": Field("What is due", "Decide whether to assess"),
        "step": Field("The task that is open, or what is due", "Decide whether to assess"),
        "citation": Field("The law that sets the limit", "SEND Regulations 2014, reg 5"),
        "days_left": _LEFT,
        "days_late": _LATE,
        "reason": Field("nearing or missed", "nearing"),
        "level": Field("The level of the ladder that is told", "service manager"),
        "count": Field("How often it has been told, this time included", 1),
        "likelihood": Field("Likelihood of a miss in per cent; 0 where it isn't reckoned", 60),
    },
    "task": {
        "case": _CASE,
        "link": _LINK,
        "what_to_do": _TO_DO,
        "step": Field("The task", "Write psychological advice", is_needed=True),
        "by_when": Field("Last day, in words; empty where there is none", "14 December 2026"),
        "count": Field("How many tasks it tells of; where they are several, `step` is one of them", 1),
    },
    "notice": {
        "case": _CASE,
        "link": _LINK,
        "what_to_do": _TO_DO,
        "step": Field("What the notice is", "Decision to assess", is_needed=True),
        "sent_on": Field("Day on which it was sent, in words", "2 November 2026"),
    },
    "digest": {
        "link": Field("Address of the list", "https://ehc.example/escalations", is_needed=True),
        "day": Field("Day of the digest, in words", "2 November 2026"),
        "count": Field("How many limits it tells of", 3, is_needed=True),
        "more": Field("How many of them aren't shown", 1),
        "groups": Field(
            "What is to be done, each with `title`, `count` and `lines`; a line has " + ", ".join(_LINE),
            [{"title": "Nearing", "count": 2, "lines": [dict(_LINE)]}],
            is_needed=True,
        ),
    },
}
#: Templates that the product itself uses, and the kind of message that each writes. Any other is an alert's.
KINDS: Mapping[str, str] = {
    "digest": "digest",
    "board_summary": "digest",
    "task_assigned": "task",
    "contribution_asked": "task",
    "contribution_chased": "task",
    "undelivered": "task",
    "notice_sent": "notice",
    "copy_not_arrived": "notice",
}


def kind_of(wording: str) -> str:
    """The kind of message that a template writes."""
    return KINDS.get(wording, "alert")


def sample_of(wording: str) -> dict[str, Any]:
    """Values to try a template with."""
    return {name: field.sample for name, field in FIELDS[kind_of(wording)].items()}


def values_of(wording: str, body: Mapping[str, Any], *, today: date, base_url: str) -> dict[str, Any]:
    """What a template shows of a message's body, as it stands in the outbox.

    Args:
        body: keys as in JSON; `dueOn`, `sentOn` and `day` are days as ISO text, `link` a path. A digest's
            `groups` have `lines` that are such bodies themselves.
        today: the day on which it is read, for what is left or late; a digest's is its own `day`.
        base_url: where the application is found, without a slash at its end.
    """
    fields = FIELDS[kind_of(wording)]
    today = date.fromisoformat(body["day"]) if body.get("day") else today
    values = _shown(fields, body, today, base_url)
    if "what_to_do" in fields and not values["what_to_do"]:
        values["what_to_do"] = _SEE
    if "step" in fields and not values["step"]:
        values["step"] = values.get("title", "")
    if "groups" in fields:
        values["groups"] = [_group(group, today, base_url) for group in body.get("groups", ())]
    return values


_NOTHING: Mapping[str, Any] = {
    "days_left": 0,
    "days_late": 0,
    "count": 1,
    "likelihood": 0,
    "more": 0,
    "groups": (),
}
#: What to do where nobody has said it.
_SEE = "Sign in and see what is to be done."
_DAYS = ("sent_on", "day")


def _shown(names: Iterable[str], body: Mapping[str, Any], today: date, base_url: str) -> dict[str, Any]:
    values: dict[str, Any] = {name: _NOTHING.get(name, "") for name in names}
    for key, value in body.items():
        name = _snake(key)
        if name in values and value is not None:
            values[name] = in_words(date.fromisoformat(value)) if name in _DAYS else value
    if body.get("dueOn"):
        found = _days(date.fromisoformat(str(body["dueOn"])), today)
        values |= {name: value for name, value in found.items() if name in values}
    if "level" in values:
        values["level"] = str(values["level"]).replace("_", " ")
    values["link"] = base_url + str(body.get("link") or "/")
    return values


def _group(group: Mapping[str, Any], today: date, base_url: str) -> dict[str, Any]:
    lines = [_shown(_LINE, line, today, base_url) for line in group["lines"]]
    return {"title": group["title"], "count": group["count"], "lines": lines}


def _days(due_on: date, today: date) -> dict[str, Any]:
    left = (due_on - today).days
    return {"by_when": in_words(due_on), "days_left": max(left, 0), "days_late": max(-left, 0)}


def _snake(key: str) -> str:
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in key)
