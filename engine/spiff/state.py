"""The stored state of an instance: a small JSON document of what is open.

    {"v": 1, "next": 7, "status": "active", "vars": {...}, "tokens": [{"id": 6, "el": "decide", ...}],
     "inner": [{"of": 4, "vars": {...}, "wrote": [...], "tokens": [...]}]}

A token is its id, its element, its state, its parent if that is not the scope's root, and what it keeps.
Values that JSON would change are tagged (see ``engine.feel.freeze``). What is left at its usual value is
left out. Which definition an instance runs on is not in the document: the caller knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from engine.spiff.failures import StateUnreadable
from engine.spiff.gateways import InclusiveGateway, Join
from engine.spiff.running import InnerScope, Running
from engine.spiff.scope import Scope
from engine.spiff.scopes import START, CallActivity
from engine.spiff.tokens import COMPLETED, READY, STARTED, WAITING, Token

if TYPE_CHECKING:
    from engine.spiff.definitions import Definitions
    from engine.spiff.environment import Environment

VERSION = 1
_LETTERS = {WAITING: "w", READY: "r", STARTED: "s", COMPLETED: "c"}
_STATES = {letter: state for state, letter in _LETTERS.items()}


def dump(running: Running, process_id: str) -> str:
    """The state as text, to be called when the instance is at rest."""
    document: dict[str, Any] = {"v": VERSION, "process": process_id, "next": running.last_id + 1}
    if running.status != "active":
        document["status"] = running.status
    document |= _scope_part(running)
    inner = [_inner_part(holder_id, scope) for holder_id, scope in sorted(running.subprocesses.items())]
    if inner:
        document["inner"] = inner
    return msgspec.json.encode(document).decode()


def load(text: str, definitions: Definitions, environment: Environment) -> tuple[Running, str]:
    """The instance that a stored state describes, and the id of its process.

    Raises:
        StateUnreadable: if the text is no such document, or names what the definition does not have.
    """
    try:
        document = msgspec.json.decode(text)
        version = document["v"]
        if version != VERSION:
            raise StateUnreadable(f"The state has version {version}; this version reads {VERSION}.")
        return restored(document, definitions, environment), document["process"]
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError) as problem:
        raise StateUnreadable(f"The state does not fit its definition: {problem!r}.") from problem


def restored(document: dict[str, Any], definitions: Definitions, environment: Environment) -> Running:
    """The instance that a decoded state of this version describes.

    Raises:
        StateUnreadable, KeyError, AttributeError: it names what the definitions do not have.
    """
    running = Running(definitions, document["process"], environment)
    running.status = document.get("status", "active")
    running.completed = running.status != "active"
    _fill(running, document)
    for part in document.get("inner", ()):
        holder = running.token(part["of"])
        if holder is None:
            raise StateUnreadable(f"A sub-process hangs on the token {part['of']}, which does not exist.")
        scope = InnerScope(definitions.specs[part.get("spec") or holder.task_spec.spec], holder)
        running.subprocesses[holder.id] = scope
        _fill(scope, part)
    running.last_id = document["next"] - 1
    return running


def _scope_part(scope: Scope) -> dict[str, Any]:
    part: dict[str, Any] = {}
    if scope.variables:
        part["vars"] = scope.variables
    if scope.written:
        part["wrote"] = scope.written
    if scope.notes:
        part["undo"] = scope.notes
    root_id = scope.task_tree.id if scope.tasks else 0
    part["tokens"] = [_token_part(token, root_id) for token in scope.by_age()]
    return part


def _inner_part(holder_id: int, scope: InnerScope) -> dict[str, Any]:
    part: dict[str, Any] = {"of": holder_id}
    assert scope.holder is not None
    if isinstance(scope.holder.task_spec, CallActivity):
        part["spec"] = scope.spec.name
    return part | _scope_part(scope)


def _token_part(token: Token, root_id: int) -> dict[str, Any]:
    part: dict[str, Any] = {"id": token.id}
    if token.id == root_id:
        return part
    part["el"] = token.task_spec.name
    part["st"] = _LETTERS[token.state]
    if token._parent != root_id:
        part["in"] = token._parent
    if token.internal_data:
        part["own"] = token.internal_data
    return part


def _fill(scope: Scope, part: dict[str, Any]) -> None:
    """Put the tokens of a stored scope in their places."""
    if scope.variables is not None:
        scope.variables.update(part.get("vars", {}))
    if scope.written is not None:
        scope.written.extend(part.get("wrote", ()))
    scope.notes.extend(part.get("undo", ()))
    tokens = part["tokens"]
    if not tokens:
        return
    specs = scope.spec.task_specs
    root_id = tokens[0]["id"]
    scope.task_tree = Token.restored(scope, specs[START], root_id, COMPLETED, {})
    for entry in tokens[1:]:
        state = _STATES[entry["st"]]
        token = Token.restored(scope, specs[entry["el"]], entry["id"], state, entry.get("own", {}))
        token._parent = entry.get("in", root_id)
        scope.tally(token, 0, state)
    for token in scope.tasks.values():
        _rejoin(scope, token)


def _rejoin(scope: Scope, token: Token) -> None:
    """Put a restored token under its parent and where running looks for it."""
    if token._parent is not None:
        scope.tasks[token._parent]._children[token.id] = None
    top = scope.top_workflow
    spec = token.task_spec
    if token.state == WAITING and not isinstance(spec, Join):
        top.event_manager.add_task(token)
    elif token.state == WAITING and isinstance(spec, InclusiveGateway):
        spec.arrived(token)
    elif token.state == READY and not spec.manual:
        top.agenda.append(token)
