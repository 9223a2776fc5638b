"""Signing out where a provider is involved: from here to there, and from there to here (back channel)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection, bindparam, delete, insert
from sqlalchemy.exc import IntegrityError

from engine.application import Engine
from engine.errors import Busy, SignInRefused
from engine.services.sign_in.bearer import digest
from engine.services.sign_in.provider_sign_in import IDENTITY_TOKEN, talk_to
from engine.services.sign_in.sessions import end_where
from engine.store.account_tables import heard_message, session
from engine.store.types import AnyRow

_EVENT = "http://schemas.openid.net/event/backchannel-logout"
_KEPT = timedelta(minutes=5)
_REFUSED = "This isn't a message of the provider that ends sessions, or it was heard before."


def leaving_address(engine: Engine, ended: AnyRow) -> str | None:
    """Where to send the browser so that the session at the provider ends too; None where there is none."""
    if ended.provider not in engine.providers or ended.identity_token is None:
        return None
    try:
        endpoint = talk_to(engine, ended.provider).metadata().get("end_session_endpoint")
    except Busy:  # the session here is over all the same
        return None
    if endpoint is None:
        return None
    query = {
        "id_token_hint": engine.vault.unseal(IDENTITY_TOKEN, ended.identity_token),
        "client_id": engine.providers[ended.provider].client_id,
        "post_logout_redirect_uri": f"{engine.settings.public_url}/",
    }
    return f"{endpoint}?{urlencode(query)}"


def hear(engine: Engine, name: str, message: str) -> int:
    """A provider says that a session of its own is over: end ours that began there; says how many.

    Raises:
        NotFound: there is no such provider.
        SignInRefused: the message isn't the provider's, isn't of this kind, or was heard before.
    """
    claims = talk_to(engine, name).verified(message, jti={"essential": True})
    events = claims.get("events")
    kind = isinstance(events, dict) and _EVENT in events
    if not kind or "nonce" in claims or not (claims.get("sid") or claims.get("sub")):
        raise SignInRefused(_REFUSED)
    with engine.database.write() as connection:
        _hear_once(engine, connection, name, claims)
        whose = session.c.provider_subject == claims.get("sub")
        if claims.get("sid"):
            whose = session.c.provider_session == claims["sid"]
        return end_where(connection, (session.c.provider == name) & whose, at=engine.clock.now())


def _hear_once(engine: Engine, connection: Connection, name: str, claims: dict[str, Any]) -> None:
    """Remember a message for as long as it would be believed."""
    connection.execute(_FORGET, {"now": engine.clock.now()})
    until = datetime.fromtimestamp(int(claims["exp"]), UTC) + _KEPT
    try:
        with connection.begin_nested():
            connection.execute(
                insert(heard_message), {"digest": digest(f"{name} {claims['jti']}"), "expires_at": until}
            )
    except IntegrityError:
        raise SignInRefused(_REFUSED) from None


_FORGET = delete(heard_message).where(heard_message.c.expires_at <= bindparam("now"))
