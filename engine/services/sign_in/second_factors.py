"""Second factors: codes of an authenticator (TOTP, RFC 6238), and recovery codes for when it's lost."""

from __future__ import annotations

import hmac
import io
import re
import secrets
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from engine.services.sign_in.vault import Vault
from engine.store.account_tables import account, recovery_code

#: Seconds that a code holds, and how many steps a clock may be off.
STEP = 30
_OFF_BY = 1
#: How this installation is called in an authenticator.
_ISSUER = "EHC workflow"

_CODES = 10
#: Without letters that are taken for others.
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_GROUPS, _GROUP = 3, 4
_RECOVERY = "recovery code"


def new_secret() -> str:
    """A new secret for an authenticator, in base 32."""
    import pyotp

    secret: str = pyotp.random_base32()
    return secret


def address(secret: str, login: str) -> str:
    """The `otpauth://` address that authenticators read."""
    import pyotp

    uri: str = pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=_ISSUER)
    return uri


def picture(uri: str) -> str:
    """The address as a QR code: an SVG document without anything from outside."""
    import segno

    written = io.BytesIO()
    segno.make(uri, error="m").save(written, kind="svg", scale=4, border=4, xmldecl=False, svgclass=None)
    return written.getvalue().decode().strip()


def step_of(secret: str, code: str, now: datetime, last_step: int | None) -> int | None:
    """The time step that a code belongs to; None when it's wrong, or no newer than the last one accepted."""
    import pyotp

    totp = pyotp.TOTP(secret)
    present = int(now.timestamp()) // STEP
    for step in range(present - _OFF_BY, present + _OFF_BY + 1):
        right: str = totp.generate_otp(step)
        if hmac.compare_digest(right.encode(), code.encode()) and (last_step is None or step > last_step):
            return step
    return None


def accept_step(connection: Connection, account_key: int, step: int, sealed: str) -> bool:
    """Write down that a code was accepted; False when another request has just used it.

    Args:
        sealed: the secret, sealed anew: so all are under a new key once everybody has signed in with it.
    """
    return connection.execute(_ACCEPT, {"whose": account_key, "step": step, "sealed": sealed}).rowcount == 1


def new_recovery_codes(connection: Connection, vault: Vault, account_key: int) -> list[str]:
    """Replace a person's recovery codes; they are shown this once."""
    codes = [_recovery_code() for _ in range(_CODES)]
    connection.execute(_FORGET, {"whose": account_key})
    connection.execute(
        insert(recovery_code),
        [{"account_key": account_key, "digest": _digest(vault, account_key, code)} for code in codes],
    )
    return codes


def is_recovery_code(text: str) -> bool:
    """Whether what was typed has the form of a recovery code."""
    return re.fullmatch(f"[{_LETTERS}]{{{_GROUPS * _GROUP}}}", _plain(text)) is not None


def use_recovery_code(
    connection: Connection, vault: Vault, account_key: int, code: str, at: datetime
) -> bool:
    """Use a recovery code up; False when it isn't one of the person's, or was used before."""
    for digest in vault.digests(_purpose(account_key), _plain(code)):
        if connection.execute(_USE, {"whose": account_key, "which": digest, "at": at}).rowcount == 1:
            return True
    return False


def recovery_codes_left(connection: Connection, account_key: int) -> int:
    """How many recovery codes a person still has."""
    left: int = connection.execute(_LEFT, {"whose": account_key}).scalar_one()
    return left


def forget(connection: Connection, account_key: int) -> None:
    """Take a person's second factor and recovery codes away, so that new ones are enrolled."""
    connection.execute(_FORGET, {"whose": account_key})
    connection.execute(_BARE, {"whose": account_key})


def _recovery_code() -> str:
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def _digest(vault: Vault, account_key: int, code: str) -> str:
    return vault.digest(_purpose(account_key), _plain(code))


def _purpose(account_key: int) -> str:
    return f"{_RECOVERY} {account_key}"


def _plain(code: str) -> str:
    return re.sub(r"[\s-]", "", code).upper()


_ACCEPT = (
    update(account)
    .where(
        account.c.key == bindparam("whose"),
        func.coalesce(account.c.last_step, -1) < bindparam("step"),
    )
    .values(last_step=bindparam("step"), second_factor=bindparam("sealed"))
)
_BARE = update(account).where(account.c.key == bindparam("whose")).values(second_factor=None, last_step=None)
_FORGET = delete(recovery_code).where(recovery_code.c.account_key == bindparam("whose"))
_USE = (
    update(recovery_code)
    .where(
        recovery_code.c.account_key == bindparam("whose"),
        recovery_code.c.digest == bindparam("which"),
        recovery_code.c.used_at.is_(None),
    )
    .values(used_at=bindparam("at"))
)
_LEFT = select(func.count()).where(
    recovery_code.c.account_key == bindparam("whose"), recovery_code.c.used_at.is_(None)
)
