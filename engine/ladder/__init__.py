"""The ladder of escalations: a decision table of who hears of a limit, proved to leave nobody unheard."""

from engine.ladder.comparing import Difference, differences
from engine.ladder.findings import LadderFinding, LadderRefused
from engine.ladder.ladder import Ladder
from engine.ladder.reading import DECISION, FILE, check, holds_ladder, read_ladder
from engine.ladder.rung import Rung
from engine.ladder.words import CHANNELS, DIGEST, LEVELS, NOBODY, NOT_ANSWERED, ROLES, SETTING, Known

__all__ = [
    "CHANNELS",
    "DECISION",
    "DIGEST",
    "FILE",
    "LEVELS",
    "NOBODY",
    "NOT_ANSWERED",
    "ROLES",
    "SETTING",
    "Difference",
    "Known",
    "Ladder",
    "LadderFinding",
    "LadderRefused",
    "Rung",
    "check",
    "differences",
    "holds_ladder",
    "read_ladder",
]
