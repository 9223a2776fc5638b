"""The rooms of the house from the ground up, and what each may know of."""

from __future__ import annotations

GROUND = frozenset({"engine.errors", "engine.clock"})

#: Room -> the rooms that its modules may import. The longest name that fits a module is its room.
KNOWS: dict[str, frozenset[str]] = {
    "engine": frozenset(),
    "engine.errors": frozenset(),
    "engine.clock": frozenset(),
    "engine.logs": frozenset(),
    "engine.meters": frozenset(),
    "engine.sending_settings": frozenset({"engine.errors"}),
    "engine.config": frozenset({"engine.errors", "engine.sending_settings"}),
    "engine.calendar": GROUND,
    "engine.law": GROUND | {"engine.calendar"},
    "engine.feel": GROUND,
    "engine.dmn": GROUND | {"engine.feel"},
    "engine.ladder": GROUND | {"engine.dmn", "engine.feel"},
    "engine.spiff": GROUND | {"engine.calendar", "engine.feel", "engine.dmn"},
    "engine.forms": GROUND | {"engine.feel"},
    "engine.plans": GROUND | {"engine.calendar", "engine.law"},
    "engine.letters": GROUND | {"engine.config"},
    "engine.wording": GROUND | {"engine.letters"},
    "engine.files": GROUND,
    "engine.store": GROUND | {"engine.config"},
}
_ADAPTER = frozenset(KNOWS) - {
    "engine",
    "engine.store",
    "engine.config",
    "engine.sending_settings",
    "engine.plans",
    "engine.letters",
    "engine.wording",
    "engine.files",
}
KNOWS["engine.definitions"] = _ADAPTER | {"engine.letters", "engine.wording"}
KNOWS["engine.trial"] = _ADAPTER | {"engine.definitions"}
_BELOW_SERVICES = frozenset(KNOWS) - {"engine", "engine.trial"}
# The engine as one value is handed to every service, and opens what they need: one room.
KNOWS["engine.services"] = _BELOW_SERVICES | {"engine.application"}
KNOWS["engine.application"] = _BELOW_SERVICES | {"engine.services"}
KNOWS["engine.errands"] = frozenset({"engine.application", "engine.store"})
KNOWS["engine.scheduler"] = _BELOW_SERVICES | {"engine.services", "engine.application", "engine.errands"}
KNOWS["engine.replay"] = _BELOW_SERVICES | {"engine.services", "engine.application", "engine.scheduler"}
_ENGINE = frozenset(KNOWS)
KNOWS["notifications"] = _ENGINE
KNOWS["insight"] = _ENGINE
KNOWS["api"] = _ENGINE | {"notifications", "insight"}
KNOWS["web"] = _ENGINE | {"notifications", "insight"}
KNOWS["cli"] = frozenset(KNOWS)


def room_of(module: str) -> str | None:
    """The room that a module is in; None if it's no module of the house, or has no room yet."""
    parts = module.split(".")
    names = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((name for name in names if name in KNOWS), None)
