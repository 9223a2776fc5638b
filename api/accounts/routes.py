"""`/accounts`: who can sign in; and what people do with their own account."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.accounts.schemas import (
    ACCOUNT,
    ACCOUNT_PAGE,
    CONFIRMATION,
    INVITATION,
    NEW_ACCOUNT,
    PASSWORD_CHANGE,
    RECOVERY_CODES,
    Account,
    AccountPage,
    Confirmation,
    Invitation,
    NewAccount,
    PasswordChange,
    RecoveryCodes,
)
from api.answers import answer
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.lists import ListQuery
from api.preconditions import conditional
from api.repeats import confidential, repeatable
from api.sessions.schemas import SIGNED_OUT, SignedOut
from engine.services.people import accounts as service
from engine.services.people import own_account

accounts = Blueprint("accounts", f"{API_ROOT}/accounts", "Who can sign in.")


@accounts.get("")
@permission("account:manage")
@accounts.filters(ListQuery)
@accounts.answers(200, AccountPage, ACCOUNT_PAGE)
def list_accounts(query: dict[str, Any]) -> Response:
    """List accounts.

    Those of people who are members of nothing beyond what the caller administers.
    """
    return answer(service.list_accounts(current_engine(), current_principal(), **query))


@accounts.post("")
@permission("account:manage")
@repeatable
@confidential
@problems("conflict")
@accounts.takes(NewAccount, NEW_ACCOUNT)
@accounts.answers(201, Invitation, INVITATION, "ETag")
def open_account(body: dict[str, Any]) -> Response:
    """Open an account for a person.

    The invitation is shown this once and is good for 72 hours: with it the person chooses a password, or
    links an account at a provider.
    """
    opened = service.open_account(current_engine(), current_principal(), body["person_key"], body["login"])
    return answer(opened, 201, version=opened.account.version)


@accounts.post("/<key:account_key>/reset")
@permission("account:manage")
@repeatable
@confidential
@conditional
@problems("not-found")
@accounts.answers(200, Invitation, INVITATION, "ETag")
def reset_account(account_key: str, version: int | None) -> Response:
    """Reset an account.

    For who has lost password or second factor: both are taken away, the sessions end, and a new invitation
    is shown this once. It unlocks an account, and reopens a closed one.
    """
    reset = service.reset_account(current_engine(), current_principal(), account_key, version=version)
    return answer(reset, version=reset.account.version)


@accounts.post("/<key:account_key>/close")
@permission("account:manage")
@repeatable
@conditional
@problems("not-found")
@accounts.answers(200, Account, ACCOUNT, "ETag")
def close_account(account_key: str, version: int | None) -> Response:
    """Close an account.

    Its sessions end at once. Tokens belong to memberships: end those, or revoke the tokens.
    """
    closed = service.close_account(current_engine(), current_principal(), account_key, version=version)
    return answer(closed, version=closed.version)


@accounts.post("/own/password")
@permission("account:use")
@repeatable
@problems("sign-in-refused", "conflict")
@accounts.takes(PasswordChange, PASSWORD_CHANGE)
@accounts.answers(200, SignedOut, SIGNED_OUT)
def change_password(body: dict[str, Any]) -> Response:
    """Change one's own password.

    All other sessions end.
    """
    changed = own_account.change_password(
        current_engine(), current_principal(), body["password"], body["code"], body["new_password"]
    )
    return answer(changed)


@accounts.post("/own/recovery-codes")
@permission("account:use")
@repeatable
@confidential
@problems("sign-in-refused", "conflict")
@accounts.takes(Confirmation, CONFIRMATION)
@accounts.answers(200, RecoveryCodes, RECOVERY_CODES)
def renew_recovery_codes(body: dict[str, Any]) -> Response:
    """Get new recovery codes.

    Those before are good for nothing.
    """
    renewed = own_account.renew_recovery_codes(
        current_engine(), current_principal(), body["password"], body["code"]
    )
    return answer(renewed)
