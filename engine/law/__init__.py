"""The law as dated data, and one pure function from a rule and the facts of a case to its last day."""

from engine.law.circumstances import Circumstance
from engine.law.errors import (
    LawError,
    MissingAnchor,
    NoSuchLaw,
    NotComputable,
    StatuteRefused,
    UnknownRule,
)
from engine.law.limits import Due, due
from engine.law.register import RegisterEntry, register
from engine.law.rules import Anchor, Length, Limb, Rule, RuleVersion
from engine.law.statute import Statute, read_statute, statute

__all__ = [
    "Anchor",
    "Circumstance",
    "Due",
    "LawError",
    "Length",
    "Limb",
    "MissingAnchor",
    "NoSuchLaw",
    "NotComputable",
    "RegisterEntry",
    "Rule",
    "RuleVersion",
    "Statute",
    "StatuteRefused",
    "UnknownRule",
    "due",
    "read_statute",
    "register",
    "statute",
]
