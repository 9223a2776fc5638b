"""What can go wrong while an instance runs."""

from __future__ import annotations


class StepFailed(Exception):
    """A step that cannot be carried out; nothing of it may be kept.

    The caller throws the instance object away, keeps the state it had before, and stores an incident.

    Attributes:
        element_id: the element at which the step stopped.
        process_id: the process that holds the element.
        message: what happened there.
        remedy: what has to change before the step is tried again.
    """

    def __init__(self, element_id: str, process_id: str, message: str, remedy: str) -> None:
        super().__init__(f"{element_id}: {message} {remedy}")
        self.element_id = element_id
        self.process_id = process_id
        self.message = message
        self.remedy = remedy


class BpmnError(Exception):
    """A business error that a service task reports; the diagram may catch it by its code."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code
        self.message = message


class TokenGone(LookupError):
    """The token isn't open (any more): completed, cancelled, or never there."""

    def __init__(self, token: int) -> None:
        super().__init__(f"Task {token} is not open. Read the open tasks again.")
        self.token = token


class StateUnreadable(ValueError):
    """A stored state that this version cannot restore on the definition it was given."""


class MoveRefused(ValueError):
    """A token can't be moved, or carried to another version, as was asked.

    Attributes:
        element_id: the element that it is about.
        message: what is wrong.
        remedy: what to ask for instead.
    """

    def __init__(self, element_id: str, message: str, remedy: str) -> None:
        super().__init__(f"{message} {remedy}")
        self.element_id = element_id
        self.message = message
        self.remedy = remedy
