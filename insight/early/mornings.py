"""What is done each morning: forecasts are made, and whoever can still act is warned, once of each limit."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta

from sqlalchemy import select

from engine.application import Engine
from engine.errands import Errand
from engine.errors import StepIncident
from engine.services.escalations.forecast_of import WORDS
from engine.services.escalations.warnings import EarlyWarning, warn
from engine.store import tables
from insight.early.forecasts import Forecast, make

#: The likelihood from which somebody is warned, unless `EHC_WARNS_AT` says another: a miss is likelier.
WARNS_AT = 0.5
#: Days before the last day after which a warning would come too late to act on: the ladder has told by then.
SHORTEST_NOTICE = 3
_PER_CENT = 100
#: Where the thread of a limit stands, if there is one, while its manager hasn't heard of it.
_STILL_NEWS = (None, "task_holder")


def foretell(engine: Engine) -> int:
    """Make today's forecasts of each authority that has none yet, and warn; returns of how many limits."""
    with engine.database.read() as connection:
        authorities = connection.execute(select(tables.authority.c.code)).scalars().all()
    shares = engine.settings.warns_at
    return sum(
        warn_of(engine, make(engine, code), shares.get(code, shares[""]) / _PER_CENT)
        for code in sorted(authorities)
    )


def warn_of(engine: Engine, made: Iterable[Forecast], warns_at: float = WARNS_AT) -> int:
    """Warn of what is due for it; returns of how many limits somebody was told.

    A case that can't be stepped now keeps its incident, and is tried again tomorrow.
    """
    told = 0
    for each in made:
        if is_due(each, warns_at):
            with suppress(StepIncident):
                told += warn(engine, each.limit.case_key, _warning(each))
    return told


def is_due(made: Forecast, warns_at: float = WARNS_AT) -> bool:
    """Whether somebody is to be warned: a miss is likely, known well enough, in time, and news to them."""
    return (
        made.is_grounded
        and not made.limit.warned
        and made.limit.told_at_level in _STILL_NEWS
        and made.likelihood.value >= warns_at
        and made.days_left >= SHORTEST_NOTICE
    )


def _warning(made: Forecast) -> EarlyWarning:
    return EarlyWarning(
        deadline_key=made.limit.deadline_key,
        per_cent=round(made.likelihood.value * _PER_CENT),
        what_to_do=" ".join(dict.fromkeys(WORDS[each.code] for each in made.helps)),
        task_key=next((each.task_key for each in made.helps if each.task_key is not None), None),
    )


#: What a process that serves does again and again: the first time on a day it forecasts, later it's done.
FORETELLING = Errand("Early warning", timedelta(minutes=30), foretell)
