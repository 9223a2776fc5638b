"""`/clients`: systems that sign in by themselves."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.clients.schemas import (
    CLIENT,
    CLIENT_PAGE,
    MADE_CLIENT,
    NEW_CLIENT,
    Client,
    ClientPage,
    MadeClient,
    NewClient,
)
from api.context import current_engine, current_principal
from api.lists import ListQuery
from api.preconditions import conditional
from api.repeats import confidential, repeatable
from engine.services.sign_in import clients as service

clients = Blueprint("clients", f"{API_ROOT}/clients", "Systems that sign in by themselves.")


@clients.get("")
@permission("client:manage")
@clients.filters(ListQuery)
@clients.answers(200, ClientPage, CLIENT_PAGE)
def list_clients(query: dict[str, Any]) -> Response:
    """List the systems of the authority."""
    return answer(service.list_clients(current_engine(), current_principal(), **query))


@clients.post("")
@permission("client:manage")
@repeatable
@confidential
@clients.takes(NewClient, NEW_CLIENT)
@clients.answers(201, MadeClient, MADE_CLIENT, "ETag")
def make_client(body: dict[str, Any]) -> Response:
    """Let a system sign in.

    Its secret is shown this once. With it the system gets tokens of 15 minutes at /sign-in/client.
    """
    made = service.make_client(current_engine(), current_principal(), **body)
    return answer(made, 201, version=made.client.version)


@clients.post("/<key:client_key>/revoke")
@permission("client:manage")
@repeatable
@conditional
@problems("not-found")
@clients.answers(200, Client, CLIENT, "ETag")
def revoke_client(client_key: str, version: int | None) -> Response:
    """Revoke a system's secret.

    Its tokens are dead at once as well.
    """
    revoked = service.revoke_client(current_engine(), current_principal(), client_key, version=version)
    return answer(revoked, version=revoked.version)
