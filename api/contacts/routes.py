"""`/contacts`: what the authority tells of itself in letters."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer, whole
from api.blueprint import API_ROOT, Blueprint, permission
from api.contacts.schemas import CONTACT_CHANGE, CONTACT_PAGE, ContactChange, ContactPage
from api.context import current_engine, current_principal
from engine.services.notices import contacts as service

contacts = Blueprint("contacts", f"{API_ROOT}/contacts", "What the authority tells of itself in letters.")


@contacts.get("")
@permission("contact:read")
@contacts.answers(200, ContactPage, CONTACT_PAGE)
def list_contacts() -> Response:
    """List the contacts that letters name.

    A notice that can be appealed is sent only once all of them have a value.
    """
    return answer(whole(service.list_contacts(current_engine(), current_principal())))


@contacts.put("")
@permission("contact:change")
@contacts.takes(ContactChange, CONTACT_CHANGE)
@contacts.answers(200, ContactPage, CONTACT_PAGE)
def change_contacts(body: dict[str, Any]) -> Response:
    """Set contacts.

    Letters that were sent before stay as they were.
    """
    return answer(
        whole(service.change_contacts(current_engine(), current_principal(), dict(body["contacts"])))
    )
