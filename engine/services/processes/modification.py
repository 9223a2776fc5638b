"""Moving the tokens of one instance, with a reason; what it would do is shown first.

The limits of law belong to the case and not to its tokens: none is lost by a token that is taken away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from engine.errors import BadInput, Conflict, FieldProblem, VersionMismatch
from engine.feel import check
from engine.services.audit.audit import Actor, Event
from engine.services.effects import Snapshot, moved_view
from engine.services.functions import FUNCTIONS
from engine.services.instances import LiveInstance, StepFault
from engine.services.principals import Principal
from engine.services.processes.drawings import Drawings, drawings_of
from engine.services.processes.process_instances import find_instance
from engine.services.processes.standing import newly_stuck
from engine.services.processes.suspension import refuse_suspended
from engine.services.processes.views_of_moves import MovedView
from engine.services.step import CaseStep
from engine.spiff import Move, MoveRefused, positions, visible
from engine.spiff import move as move_tokens

if TYPE_CHECKING:
    from engine.application import Engine

Outcome = TypeVar("Outcome")
#: Moves of one request; a case has a handful of tokens.
MOST_MOVES = 20
#: Texts of an element that are worked out only when it is done, or that wait for data to come.
_LATER = ("output", "loop output", "completion condition", "condition", "ehc:metOn", "ehc:meets")


def modify(
    engine: Engine,
    principal: Principal,
    instance_key: str,
    moves: Sequence[Move],
    reason: str,
    *,
    version: int | None = None,
    dry_run: bool = False,
) -> MovedView:
    """Move tokens of an instance in one transaction, or with `dry_run` show what that would do.

    Args:
        version: the instance's version that the caller has seen.

    Raises:
        BadInput: a move that can't be right; nothing was changed.
        Conflict: the instance has ended, or a step fails that would follow; nothing was changed.
        NotFound, VersionMismatch: as their names say.
    """
    principal.require("instance:modify")
    if not moves or len(moves) > MOST_MOVES:
        raise BadInput.field("instructions", f"Send one to {MOST_MOVES} instructions.")
    if not reason.strip() and not dry_run:
        raise BadInput.field("reason", "Say why the tokens are moved.")

    def work(step: CaseStep) -> MovedView:
        live = step.instance(int(instance_key))
        require_version(live, version)
        require_active(live)
        refuse_suspended(live)
        step.fire_due()
        require_active(live)
        before = Snapshot.of(step, live)
        drawings = drawings_of(step.connection, live.definition)
        _require_variables(drawings, live, moves)
        said = [_sentence(drawings, live, each) for each in moves]
        step.act(live, lambda: move_tokens(live.workflow, moves))
        _require_an_end(drawings, before, live)
        details = {"instance": live.key, "moves": [[each.kind, each.element_id] for each in moves]}
        step.note_reason(Event.PROCESS_MODIFIED, reason, **details)
        return moved_view(step, live, before, applied=not dry_run, steps=said)

    case_key = case_of(engine, principal, instance_key)
    return in_step(engine, principal, case_key, work, dry_run=dry_run)


class _Rehearsed(Exception):
    """Rolls back what was only to be looked at."""


def in_step(
    engine: Engine,
    principal: Principal,
    case_key: int,
    work: Callable[[CaseStep], Outcome],
    *,
    dry_run: bool,
) -> Outcome:
    """Do work in one step of a case; with `dry_run` nothing of it is kept.

    Raises:
        BadInput: a token can't be moved so.
        Conflict: a step that would follow fails. Nothing is stored of it: no incident either.
    """
    outcome: list[Outcome] = []
    try:
        with engine.database.write() as connection:
            actor = Actor(principal.membership_key, principal.organisation)
            step = CaseStep.lock(engine, connection, case_key, actor)
            outcome.append(work(step))
            if dry_run:
                raise _Rehearsed
            step.save()
    except _Rehearsed:
        pass
    except MoveRefused as refused:
        raise BadInput(str(refused), [FieldProblem("instructions", str(refused))]) from refused
    except StepFault as fault:
        raise Conflict(f"Nothing was changed, because a step that would follow fails. {fault}") from fault
    return outcome[0]


def case_of(engine: Engine, principal: Principal, instance_key: str) -> int:
    """The case of an instance of the principal's authority.

    Raises:
        NotFound: there is no such instance.
    """
    with engine.database.read() as connection:
        return int(find_instance(connection, principal, instance_key).case_key)


def require_version(live: LiveInstance, version: int | None) -> None:
    """See to it that an instance stands where the caller has seen it; None: they didn't say.

    Raises:
        VersionMismatch: it has moved on.
    """
    if version is not None and live.version != version:
        raise VersionMismatch(
            f"Instance {live.key} stands at version {live.version}, not {version}. Read it again."
        )


def require_active(live: LiveInstance) -> None:
    """See to it that an instance runs.

    Raises:
        Conflict: it has ended.
    """
    if not live.is_active:
        raise Conflict(f"Instance {live.key} has ended: nothing of it can be moved any more.")


def _require_an_end(drawings: Drawings, before: Snapshot, live: LiveInstance) -> None:
    if not live.is_active:
        return
    stuck = newly_stuck(drawings, before.places, positions(live.workflow))
    if stuck:
        raise BadInput(
            f"The case could never end from there. {stuck[0]}",
            [
                FieldProblem("instructions", f"{each} Move what it waits for as well, or start after it.")
                for each in stuck
            ],
        )


def _require_variables(drawings: Drawings, live: LiveInstance, moves: Sequence[Move]) -> None:
    """Everything that a started element reads is there, or is sent with the move."""
    problems = [
        FieldProblem(
            f"instructions[{number}].variables.{name}",
            f"{drawings.name(process_id, element)} reads {name} ({place}), which this case doesn't have."
            " Send it with the instruction, or start before the element that finds it out.",
        )
        for number, each in enumerate(moves)
        for process_id, element, place, name in _missing(drawings, live, each)
    ]
    if problems:
        raise BadInput(problems[0].message, problems)


def _missing(drawings: Drawings, live: LiveInstance, wanted: Move) -> Iterator[tuple[str, str, str, str]]:
    if wanted.kind == "cancel":
        return
    process_id = wanted.process_id or live.definition.process_id
    if (process_id, wanted.element_id) not in drawings.drawn:
        raise MoveRefused(
            wanted.element_id,
            f"There is no element “{wanted.element_id}” in {process_id}.",
            "Take the id from the diagram; for an element of a called process send its processId too.",
        )
    there = visible(live.workflow, wanted) | wanted.variables.keys()
    begun = (
        [wanted.element_id]
        if wanted.kind == "start_before"
        else drawings.after(process_id, wanted.element_id)
    )
    for element in begun:
        for place, name in _unknown(drawings, process_id, element, there):
            yield process_id, element, place, name


def _unknown(
    drawings: Drawings, process_id: str, element: str, there: frozenset[str] | set[str]
) -> Iterator[tuple[str, str]]:
    """The names that an element's texts read and that nothing gives, each with the text, once."""
    drawn = drawings.drawn[process_id, element]
    own = {each.target.partition(".")[0] for each in drawn.info.inputs} | {drawn.loop.element}
    told = set[str]()
    for text in drawings.texts.get((process_id, element), ()):
        if text.place.startswith(_LATER):
            continue
        names = there | own | text.local | {"loopCounter"}
        for problem in check(text.text.strip().removeprefix("="), names, FUNCTIONS):
            name = _quoted(problem.message)
            if name and name not in told and not problem.message.startswith("There is no function"):
                told.add(name)
                yield text.place, name


def _quoted(message: str) -> str:
    _, _, rest = message.partition("'")
    return rest.partition("'")[0]


def _sentence(drawings: Drawings, live: LiveInstance, each: Move) -> str:
    name = drawings.name(each.process_id or live.definition.process_id, each.element_id)
    words = {
        "cancel": f"What stands at “{name}” is taken away.",
        "start_before": f"“{name}” begins.",
        "start_after": f"The case goes on after “{name}”.",
    }
    return words[each.kind]
