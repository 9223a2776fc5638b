"""`/tokens`: personal tokens."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.preconditions import conditional
from api.repeats import confidential, repeatable
from api.tokens.schemas import (
    MADE_TOKEN,
    NEW_TOKEN,
    TOKEN,
    TOKEN_PAGE,
    MadeToken,
    NewToken,
    Token,
    TokenPage,
    TokenQuery,
)
from engine.services.sign_in import tokens as service

tokens = Blueprint("tokens", f"{API_ROOT}/tokens", "Personal tokens, for programs that work for a person.")


@tokens.get("")
@permission("token:make")
@tokens.filters(TokenQuery)
@tokens.answers(200, TokenPage, TOKEN_PAGE)
def list_tokens(query: dict[str, Any]) -> Response:
    """List tokens.

    The caller's own; an administrator sees everybody's with `whose=all`.
    """
    return answer(service.list_tokens(current_engine(), current_principal(), **query))


@tokens.post("")
@permission("token:make")
@repeatable
@confidential
@tokens.takes(NewToken, NEW_TOKEN)
@tokens.answers(201, MadeToken, MADE_TOKEN, "ETag")
def make_token(body: dict[str, Any]) -> Response:
    """Make a token.

    It's shown this once. It never has more than its scope, and ends with the membership, its own last day,
    or the token that made it, whichever comes first.
    """
    made = service.make_token(current_engine(), current_principal(), **body)
    return answer(made, 201, version=made.made.version)


@tokens.post("/<key:token_key>/revoke")
@permission("token:make")
@repeatable
@conditional
@problems("not-found")
@tokens.answers(200, Token, TOKEN, "ETag")
def revoke_token(token_key: str, version: int | None) -> Response:
    """Revoke a token.

    One of the caller's own, or one that the caller administers. It's dead at once.
    """
    revoked = service.revoke_token(current_engine(), current_principal(), token_key, version=version)
    return answer(revoked, version=revoked.version)
