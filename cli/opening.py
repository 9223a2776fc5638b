"""Opening the engine for a command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from engine.application import Engine
from engine.config import Settings
from engine.errors import BadInput
from engine.services.tasks.arrivals import authorities


@contextmanager
def opened(settings: Settings | None = None) -> Iterator[Engine]:
    """The engine on the database that the environment names, closed at the end."""
    engine = Engine.open(settings)
    try:
        yield engine
    finally:
        engine.close()


def the_authority(engine: Engine, given: str | None = None) -> str:
    """The authority that a command works for: the one given, or the only one there is.

    Raises:
        BadInput: there is none, or more than one and none is given.
    """
    known = authorities(engine)
    if given is not None and given in known:
        return given
    if given is not None or len(known) != 1:
        raise BadInput(f"Say which authority with --authority; known are: {', '.join(known) or 'none'}.")
    return known[0]
