"""Messages as a sender hands them to a channel."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from notifications.channels import Outgoing

_ALERT = Outgoing(
    key=7,
    reference="escalation:41:2:service_manager",
    kind="alert",
    channel="email",
    address="manager@camhs.example.nhs.uk",
    subject="Case 12: advice is due",
    text="Case 12 waits for advice until 3 December.\nhttps://ehc.example.gov.uk/cases/12\n",
    html=None,
    link="https://ehc.example.gov.uk/cases/12",
    attachment=None,
    attempt=1,
    authority="333",
)


def alert(**changes: Any) -> Outgoing:
    """An alert, but for what is changed."""
    return replace(_ALERT, **changes)
