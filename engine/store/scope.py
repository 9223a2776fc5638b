"""Whose rows the database gives: on PostgreSQL every table of case data obeys what a connection says.

The application's own conditions decide what is seen. This stands behind them: a condition that somebody
forgot gives no row of another authority. SQLite, which has nothing of the kind, has the conditions alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token

#: All authorities: for the engine's own work (the scheduler, commands, finding out who asks).
EVERYTHING = "*"
#: None at all: a request of which it isn't known who sends it.
NOTHING = ""

_scope: ContextVar[str] = ContextVar("scope", default=EVERYTHING)


def current() -> str:
    """What transactions that begin now are for: codes of authorities with commas between, or `*`."""
    return _scope.get()


def enter_none() -> Token[str]:
    """From now on, in this thread, transactions are for nobody; `leave` with what this gives ends it."""
    return _scope.set(NOTHING)


def enter(authorities: Iterable[str]) -> None:
    """From now on transactions are for these authorities."""
    _scope.set(",".join(authorities))


def enter_everything() -> None:
    """From now on transactions are for all authorities."""
    _scope.set(EVERYTHING)


def leave(token: Token[str]) -> None:
    """End what `enter_none` began: transactions are for whom they were before."""
    _scope.reset(token)


@contextmanager
def everything() -> Iterator[None]:
    """Transactions that begin meanwhile are for all authorities: for what the engine must look up itself."""
    before = _scope.set(EVERYTHING)
    try:
        yield
    finally:
        _scope.reset(before)
