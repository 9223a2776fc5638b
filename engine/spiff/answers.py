"""What decisions have answered before: a table that is asked the same again gives the same.

Most tables are asked a few questions over and over (whether the child has a setting: who is told), and a
step would work the answer out anew each time. What looks at the clock is never kept.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import msgspec

from engine.dmn import DecisionResult, Given
from engine.feel import LimitExceeded, freeze

#: Answers kept at a time; the one not asked for longest goes first.
MOST_ANSWERS = 512
#: Letters of a question that is still kept: a table that looks at long lists is seldom asked the same.
LONGEST_QUESTION = 2_000


class Answers:
    """Answers by question; safe to share between threads.

    A question is a decision with the values of what it looked at. An evaluation looks at one thing after
    the other and decides by what it sees, so one that finds the same values looks at the same things.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, tuple[str, ...], str], DecisionResult] = OrderedDict()
        self._looked_at: dict[str, dict[tuple[str, ...], None]] = {}
        self._guard = threading.Lock()

    def to(self, decision: str, variables: Mapping[str, object]) -> DecisionResult | None:
        """The answer to this question, if it's known."""
        with self._guard:
            looked_at = list(self._looked_at.get(decision, ()))
        given = Given(variables)
        for names in looked_at:
            question = _question(names, given)
            if question is not None:
                with self._guard:
                    found = self._kept.get((decision, names, question))
                    if found is not None:
                        self._kept.move_to_end((decision, names, question))
                        return found
        return None

    def keep(self, decision: str, variables: Mapping[str, object], result: DecisionResult) -> None:
        """Remember an answer, unless it hangs on the time or on more than is worth keeping."""
        if result.rests_on is None:
            return
        names = tuple(sorted(result.rests_on))
        question = _question(names, Given(variables))
        if question is None:
            return
        with self._guard:
            self._looked_at.setdefault(decision, {})[names] = None
            self._kept[decision, names, question] = result
            if len(self._kept) > MOST_ANSWERS:
                (gone, its_names, _), _ = self._kept.popitem(last=False)
                if not any(key[:2] == (gone, its_names) for key in self._kept):
                    self._looked_at[gone].pop(its_names, None)


def _question(names: tuple[str, ...], given: Mapping[str, Any]) -> str | None:
    """The values of these names as one text; None where they can't be told apart by a short one."""
    try:
        text = msgspec.json.encode([freeze(given.get(name)) for name in names]).decode()
    except (TypeError, ValueError, ArithmeticError, LimitExceeded):
        return None
    return text if len(text) <= LONGEST_QUESTION else None
