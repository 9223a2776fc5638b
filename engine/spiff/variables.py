"""Variables in scopes.

A variable lives in a frame: the process's own, one iteration's, or one activity's local one. Frames hold
frozen values (plain JSON), so that a state is saved without looking at any of them. A token sees its frames
from the inside out, ending at the process that it runs in; a called process sees nothing of its caller.
Reading takes the innermost. Writing changes a variable where it is found and else creates it in the process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from engine.feel import LimitExceeded, PartlySettled, freeze, from_json, thaw, to_json
from engine.spiff.failures import StepFailed

if TYPE_CHECKING:
    from engine.spiff.tokens import Token

Frame = dict[str, Any]
LOCAL = "local"
"""Key of the frame that an activity's input mappings make."""
LOOP = "loop"
"""Key of the frame that one iteration makes; it encloses the local one."""


def frames_of(token: Token) -> list[Frame]:
    """The frames that a token sees, innermost first."""
    found: list[Frame] = []
    place: Token | None = token
    while place is not None:
        own = place.internal_data
        found += [own[key] for key in (LOCAL, LOOP) if key in own]
        scope = place.workflow
        if scope.variables is not None:
            found.append(scope.variables)
            break
        place = scope.holder
    return found


def frames_around(token: Token) -> list[Frame]:
    """The frames outside a token's local one: where its output mappings write."""
    found = frames_of(token)
    return found[1:] if LOCAL in token.internal_data else found


class Thawed:
    """Lists and contexts that an instance has looked at, as FEEL values: a step reads the same ones often.

    A frozen value is never changed in its place, so what was made of it stays right.
    """

    def __init__(self) -> None:
        # The frozen value is kept beside ours, so that its id can't be given to another.
        self._known: dict[int, tuple[object, object, bool]] = {}

    def value(self, frozen: object) -> object:
        """What a frozen value stands for."""
        return thaw(frozen) if type(frozen) not in _WITH_PARTS else self._made_of(frozen)[1]

    def is_settled(self, frozen: object) -> bool:
        """Whether it's a FEEL value on any day: a time in a named zone has yet to take its offset."""
        return type(frozen) in _WITH_PARTS and self._made_of(frozen)[2]

    def _made_of(self, frozen: object) -> tuple[object, object, bool]:
        known = self._known.get(id(frozen))
        if known is None:
            known = self._known[id(frozen)] = (frozen, *_settled(thaw(frozen)))
        return known


_WITH_PARTS = (dict, list)


def _settled(value: object) -> tuple[object, bool]:
    try:
        return from_json(value), True
    except (LookupError, TypeError, ValueError):
        return value, False


class View(PartlySettled):
    """What an expression sees: extra values first, then the frames. Values thaw as they are looked at."""

    __slots__ = ("_extra", "_frames", "_lazy", "_thawed")

    def __init__(
        self,
        frames: list[Frame],
        thawed: Thawed,
        extra: Mapping[str, object] | None = None,
        lazy: Mapping[str, Callable[[], object]] | None = None,
    ) -> None:
        self._frames = frames
        self._thawed = thawed
        self._extra = extra or {}
        self._lazy = lazy or {}

    def __getitem__(self, name: str) -> object:
        if name in self._extra:
            return self._extra[name]
        if name in self._lazy:
            return self._lazy[name]()
        for frame in self._frames:
            if name in frame:
                return self._thawed.value(frame[name])
        raise KeyError(name)

    def is_settled(self, name: str) -> bool:
        """Whether what lies under this name is a FEEL value with all its parts."""
        if name in self._extra or name in self._lazy:
            return False
        frame = next((frame for frame in self._frames if name in frame), None)
        return frame is not None and self._thawed.is_settled(frame[name])

    def __contains__(self, name: object) -> bool:
        return name in self._extra or name in self._lazy or any(name in frame for frame in self._frames)

    def __iter__(self) -> Iterator[str]:
        seen: dict[str, None] = {}
        for names in (self._extra, self._lazy, *self._frames):
            seen.update(dict.fromkeys(names))
        return iter(seen)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Ledger:
    """What has been written since the last record, and since conditions were last asked."""

    def __init__(self) -> None:
        self.written: dict[str, object] = {}
        self.changed: dict[str, str] = {}

    def note(self, name: str, value: object, event: str) -> None:
        """Remember a write: ``event`` is ``create`` or ``update``."""
        self.written[name] = value
        self.changed[name] = event

    def take(self) -> dict[str, object]:
        """What was written since this was last asked."""
        written, self.written = self.written, {}
        return written


def write(token: Token, name: str, value: object, frames: list[Frame] | None = None, path: str = "") -> None:
    """Set a variable through the frames that a token sees, or those given.

    With a dotted ``path`` that part of a context is set, and the rest of it stays.
    """
    seen = frames_of(token) if frames is None else frames
    frame = next((frame for frame in seen if name in frame), seen[-1])
    event = "update" if name in frame else "create"
    _set(token, frame, name, value, path)
    scope = token.workflow.process_scope
    if frame is scope.variables:
        scope.note_own(name)
    token.workflow.top_workflow.ledger.note(name, plain(frame[name]), event)


def write_local(token: Token, key: str, name: str, value: object, path: str = "") -> None:
    """Set a variable, or a part of it, in a frame of the token itself: ``LOCAL`` or ``LOOP``."""
    _set(token, token.internal_data.setdefault(key, {}), name, value, path)


def _set(token: Token, frame: Frame, name: str, value: object, path: str) -> None:
    frozen = _frozen(token, name, value)
    frame[name] = _placed(frame.get(name), path, frozen) if path else frozen


def plain(frozen: object) -> object:
    """A frozen value as JSON for people and programs outside, temporals as ISO text."""
    return frozen if frozen is None or isinstance(frozen, str | bool | int) else to_json(thaw(frozen))


def plain_frame(frame: Frame) -> dict[str, object]:
    """A whole frame as JSON for outside."""
    return {name: plain(value) for name, value in frame.items()}


def thaw_frame(frame: Frame) -> dict[str, object]:
    """A whole frame as values for expressions."""
    return {name: thaw(value) for name, value in frame.items()}


def _frozen(token: Token, name: str, value: object) -> Any:
    try:
        return freeze(value)
    except (TypeError, ValueError, ArithmeticError, LimitExceeded) as problem:
        raise StepFailed(
            token.task_spec.element_id,
            token.workflow.process_id,
            f"The variable '{name}' cannot be kept: {problem}",
            "Give it a value that can be stored.",
        ) from problem


def _placed(current: object, path: str, value: object) -> dict[str, object]:
    """A context with the value at a dotted path; what else it holds stays as it is."""
    is_context = isinstance(current, dict) and not any(key.startswith("@") for key in current)
    made: dict[str, object] = dict(current) if is_context and isinstance(current, dict) else {}
    place, (*parts, last) = made, path.split(".")
    for part in parts:
        inner = place.get(part)
        place[part] = dict(inner) if isinstance(inner, dict) else {}
        place = place[part]  # type: ignore[assignment]
    place[last] = value
    return made
