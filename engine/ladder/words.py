"""The words of a ladder: levels, roles, channels, and those that whoever reads one knows besides."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

#: How high lateness has come, from the bottom up.
LEVELS = (
    "task_holder",
    "service_manager",
    "dco_dsco",
    "group_head",
    "operational_board",
    "strategic_board",
)
#: The level of a row by which nobody is told yet.
NOBODY = "none"
#: Who may be told. `dco_dsco` is whichever of the two follows the organisation that owes the limit.
ROLES = (
    "task_holder",
    "case_officer",
    "service_manager",
    "dco_dsco",
    "group_head",
    "operational_board",
    "strategic_board",
    "administrator",
)
#: By which way; `digest` waits for the next working morning, all others go at once.
CHANNELS = ("digest", "inbox", "email", "text", "chat", "webhook")
DIGEST = "digest"
#: What `answered` says while nobody has answered a thread.
NOT_ANSWERED = "none"
#: What `agency` says for every school, college or other setting.
SETTING = "setting"


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the cells of a ladder may name besides its own words.

    Attributes:
        agencies: codes of organisations; `SETTING` needn't be among them.
        rules: ids of the law's rules.
        kinds: what may stand behind a rule.
        wordings: names of the templates of messages; None: they aren't known here.
        untold: rules that nobody can be late by: naming one is of no use.
        answers: the coded reasons that can be answered with; None: they aren't known here.
    """

    agencies: Set[str]
    rules: Set[str]
    kinds: Set[str]
    wordings: Set[str] | None = None
    untold: Set[str] = frozenset()
    answers: Set[str] | None = None
