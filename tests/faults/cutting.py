"""Cuts whatever talks to a database off at one place: before or after a statement, or at a commit."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.default import DefaultDialect

#: `make faults` looks at every place and for longer; `make test` at enough of them.
LONG = os.environ.get("EHC_FAULTS") == "long"
COMMIT = "COMMIT"

#: What happens at the place, to the driver's connection.
Harm = Callable[[Any], None]


class Cut(Exception):
    """The fault that is put in."""


def cut_off(_connection: Any) -> None:
    """The plainest harm: what was under way ends here."""
    raise Cut


class Knife:
    """Falls once, at the nth place that passes by: a statement, or a commit."""

    def __init__(self, nth: int, when: str, harm: Harm) -> None:
        self._nth = nth
        self._when = when
        self._harm = harm
        self._passed = 0
        #: Whether it fell.
        self.fell = False
        #: The statement at the place, or `COMMIT`.
        self.place = ""

    def pass_by(self, statement: str, connection: Any) -> None:
        """A statement is about to run."""
        self._passed += 1
        if self._passed == self._nth:
            self.place = statement
            self._fall("before", connection)

    def leave(self, connection: Any) -> None:
        """The statement that passed by last has run."""
        if self._passed == self._nth:
            self._fall("after", connection)

    def _fall(self, when: str, connection: Any) -> None:
        if when == self._when and not self.fell:
            self.fell = True
            self._harm(connection)


@contextmanager
def knife(nth: int, when: str = "before", harm: Harm = cut_off) -> Iterator[Knife]:
    """Harm what runs inside at its nth statement or commit, counted over all databases."""
    held = Knife(nth, when, harm)
    commit = DefaultDialect.do_commit

    def before(connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        held.pass_by(statement, connection.connection.driver_connection)

    def after(connection: Connection, *_rest: object) -> None:
        held.leave(connection.connection.driver_connection)

    def committing(dialect: Any, pooled: Any) -> None:
        held.pass_by(COMMIT, pooled.driver_connection)
        commit(dialect, pooled)
        held.leave(pooled.driver_connection)

    event.listen(Engine, "before_cursor_execute", before)
    event.listen(Engine, "after_cursor_execute", after)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DefaultDialect, "do_commit", committing)
        try:
            yield held
        finally:
            event.remove(Engine, "before_cursor_execute", before)
            event.remove(Engine, "after_cursor_execute", after)
