"""What is open in a stored instance, read off its state without taking the instance up.

Looking at all instances of a version costs some microseconds each: no token is made, nothing is worked out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit

from engine.spiff.catching import BoundaryEvent
from engine.spiff.failures import StateUnreadable
from engine.spiff.loops import Body
from engine.spiff.variables import plain_frame

if TYPE_CHECKING:
    from engine.spiff.bundle import Bundle

OpenState = Literal["active", "waiting", "listening"]
_STATES: Mapping[str, OpenState] = {"r": "active", "s": "active", "w": "waiting"}


@dataclass(frozen=True)
class OpenElement:
    """One open token.

    ``active``: somebody works there, or something runs inside; ``waiting``: for an event, a message or other
    tokens; ``listening``: an event beside an activity or around a scope, which need never come. ``holder`` is
    the token of the sub-process or call around it, 0 directly in the instance.
    """

    token: int
    element_id: str
    process_id: str
    state: OpenState
    holder: int


@dataclass(frozen=True)
class OpenScope:
    """A process or sub-process under way; ``holder`` is the token it hangs on, 0 for the instance itself.

    ``variables`` are its own as JSON; ``None`` for a sub-process, which uses those around it.
    """

    holder: int
    inside: int
    element_id: str
    process_id: str
    calls: bool
    variables: Mapping[str, object] | None


def open_elements(bundle: Bundle, state: str) -> list[OpenElement]:
    """Every open token of a stored state, the oldest first.

    Raises:
        StateUnreadable: the state doesn't fit the bundle.
    """
    found = [each for scope in _scopes(bundle, state) for each in _opened(scope)]
    return sorted(found, key=lambda each: each.token)


def open_scopes(bundle: Bundle, state: str) -> list[OpenScope]:
    """The process of a stored state and what it has called and opened, outer before inner.

    Raises:
        StateUnreadable: the state doesn't fit the bundle.
    """
    return [_scope(scope) for scope in _scopes(bundle, state)]


@dataclass(frozen=True)
class _Part:
    """One scope of the document with its specification."""

    part: Mapping[str, Any]
    spec: Any
    holder: int
    inside: int
    element_id: str


def _scopes(bundle: Bundle, state: str) -> list[_Part]:
    try:
        document = msgspec.json.decode(state)
        return list(_walk(bundle.definitions.specs, document))
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError) as problem:
        raise StateUnreadable(f"The state does not fit its definition: {problem!r}.") from problem


def _walk(specs: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[_Part]:
    outermost = _Part(document, specs[document["process"]], 0, 0, "")
    places = {token["id"]: (outermost, token) for token in document["tokens"]}
    yield outermost
    for part in document.get("inner", ()):
        around, token = places[part["of"]]
        holding = around.spec.task_specs[token["el"]]
        spec = specs[part.get("spec") or holding.spec]
        inner = _Part(part, spec, part["of"], around.holder, holding.element_id)
        places |= {token["id"]: (inner, token) for token in part["tokens"]}
        yield inner


def _opened(scope: _Part) -> Iterator[OpenElement]:
    specs = scope.spec.task_specs
    for token in scope.part["tokens"]:
        spec = specs[token["el"]] if "el" in token else None
        if spec is None or token["st"] not in _STATES or isinstance(spec, Body | BoundaryEventSplit):
            continue
        listens = isinstance(spec, BoundaryEvent) and token["st"] == "w"
        state: OpenState = "listening" if listens else _STATES[token["st"]]
        yield OpenElement(token["id"], spec.element_id, scope.spec.process_id, state, scope.holder)


def _scope(scope: _Part) -> OpenScope:
    own = scope.spec.own_variables
    variables = plain_frame(scope.part.get("vars", {})) if own else None
    calls = own and bool(scope.holder)
    return OpenScope(scope.holder, scope.inside, scope.element_id, scope.spec.process_id, calls, variables)
