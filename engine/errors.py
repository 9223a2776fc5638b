"""Every error the engine raises on purpose, as one tree.

    EhcError
    ├── BadInput            the caller sent something that can't be right (422)
    ├── NotFound            it isn't there, or not for this principal (404)
    ├── NotPermitted        the principal's role doesn't hold the permission (403)
    ├── Conflict            the thing has moved on since the caller looked (409)
    │   ├── TaskHeld        somebody else has claimed the task
    │   ├── TaskClosed      the task is completed or cancelled
    │   ├── VersionMismatch the caller's version isn't the stored one (412)
    │   ├── DuplicateCase   a case for this child is there already
    │   ├── CaseClosed      the case is withdrawn or ended
    │   ├── InstanceSuspended  nothing is carried out in the process instance now
    │   ├── NobodyWaits     no process instance waits for the message
    │   ├── DeadlineOrphaned   what is to be cancelled is the only way to keep a limit of law
    │   └── PlanVersionIssued  the version of the plan is issued: only a new one changes it
    ├── StepIncident        the step failed; an incident is stored, nothing else changed (409)
    ├── SignInRefused       what was shown doesn't open the account (401)
    ├── TooManyRequests     there were too many tries; later ones are looked at again (429)
    ├── Busy                the database is locked by somebody else for too long (503)
    └── SetupError          the installation can't work as it is (exit code 2)

An error says what, where and what to do. `code` is stable: interfaces map it, never the words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class FieldProblem:
    """One thing wrong with what was sent: `field` is its dotted path, `message` what to do about it."""

    field: str
    message: str


class EhcError(Exception):
    """Base of all errors that are part of the interface."""

    code = "error"

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class BadInput(EhcError):
    """What was sent can't be accepted; `problems` names each field."""

    code = "bad_input"

    def __init__(self, message: str, problems: Sequence[FieldProblem] = (), **details: object) -> None:
        super().__init__(message, **details)
        self.problems = tuple(problems)

    @classmethod
    def field(cls, field: str, message: str) -> BadInput:
        """The common case: one field is wrong."""
        return cls(message, [FieldProblem(field, message)])


class NotFound(EhcError):
    """There is no such thing for this principal; what may not be seen isn't found either."""

    code = "not_found"


class NotPermitted(EhcError):
    """The principal's role doesn't hold the permission that the operation needs."""

    code = "not_permitted"


class Conflict(EhcError):
    """The request can't be carried out on the present state."""

    code = "conflict"


class TaskHeld(Conflict):
    """Somebody else has claimed the task; `holder` is the name to show."""

    code = "task_held"

    def __init__(self, message: str, holder: str) -> None:
        super().__init__(message, holder=holder)
        self.holder = holder


class TaskClosed(Conflict):
    """The task is completed or cancelled already."""

    code = "task_closed"


class VersionMismatch(Conflict):
    """The version the caller has seen (`If-Match`) isn't the stored one."""

    code = "version_mismatch"


class DuplicateCase(Conflict):
    """A case for a child with the same number is there already; `case_key` names it."""

    code = "duplicate_case"


class CaseClosed(Conflict):
    """The case is withdrawn or ended: nothing more can be done on it."""

    code = "case_closed"


class InstanceSuspended(Conflict):
    """The process instance is suspended: nothing in it is carried out until somebody resumes it."""

    code = "suspended"


class NobodyWaits(Conflict):
    """No process instance that the caller sees waits for the message with this key."""

    code = "nobody_waits"


class DeadlineOrphaned(Conflict):
    """What is to be cancelled is what would keep limits of law, which would run on with nobody at work.

    `deadlines` names the limits: cancelling goes on only when it is insisted on, with a reason.
    """

    code = "deadline_orphaned"

    def __init__(self, message: str, deadlines: list[dict[str, str]]) -> None:
        super().__init__(message, deadlines=deadlines)


class PlanVersionIssued(Conflict):
    """The version of the plan was issued, or given up: it never changes again (regulations 22 and 28)."""

    code = "plan_version_issued"


class StepIncident(Conflict):
    """The step failed and nothing of it was kept but an incident, which says how to retry."""

    code = "incident"

    def __init__(self, message: str, incident_key: int, *, held: int = 0) -> None:
        """`held` is how many timers wait from now on until somebody retries."""
        super().__init__(message, incident_key=str(incident_key))
        self.incident_key = incident_key
        self.held = held


class SignInRefused(EhcError):
    """What was shown doesn't open an account; nothing says which part of it was wrong."""

    code = "sign_in_refused"


class TooManyRequests(EhcError):
    """There were too many tries; `retry_after` is how many seconds to wait."""

    code = "too_many_requests"

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Busy(EhcError):
    """The database was locked for too long; the same request may be sent again."""

    code = "busy"


class SetupError(EhcError):
    """The installation can't work as it is; the message says what to change."""

    code = "setup"
