"""The installation's own key: seals what must stay readable, and keys the digests of what could be guessed.

What is sealed is bound to its purpose: a sealed text that is moved to another row doesn't open.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path

from engine.errors import SetupError

_NONCE = 12
_SHORTEST_KEY = 32
_KEY_FILE = "secret.key"


class Vault:
    """Keys by age: the first seals, all of them open."""

    def __init__(self, *keys: str) -> None:
        """At least one key; each any text of 32 letters or more.

        Raises:
            SetupError: a key is too short to be one.
        """
        if any(len(key) < _SHORTEST_KEY for key in keys):
            raise SetupError(
                f"Each key in EHC_SECRET_KEY needs {_SHORTEST_KEY} letters or more. Make one with:"
                " openssl rand -base64 32"
            )
        self._sealing = [_derived(key, "seal") for key in keys]
        self._digesting = [_derived(key, "digest") for key in keys]

    def seal(self, purpose: str, text: str) -> str:
        """A text that only this installation can read, and only for the same purpose."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(_NONCE)
        sealed: bytes = AESGCM(self._sealing[0]).encrypt(nonce, text.encode(), purpose.encode())
        return base64.urlsafe_b64encode(nonce + sealed).decode()

    def unseal(self, purpose: str, sealed: str) -> str:
        """The text that was sealed for a purpose.

        Raises:
            SetupError: none of the keys opens it.
        """
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        packed = base64.urlsafe_b64decode(sealed)
        for key in self._sealing:
            try:
                text: bytes = AESGCM(key).decrypt(packed[:_NONCE], packed[_NONCE:], purpose.encode())
            except InvalidTag:
                continue
            return text.decode()
        raise SetupError(
            "Something in the database was sealed with another key. Give EHC_SECRET_KEY the key that was"
            " used before, after the present one and a comma."
        )

    def digest(self, purpose: str, text: str) -> str:
        """A digest that nobody without the key can make: for what is short enough to be guessed."""
        return next(self.digests(purpose, text))

    def digests(self, purpose: str, text: str) -> Iterator[str]:
        """The digest under each key, for finding what was stored before the key was changed."""
        message = f"{purpose}\n{text}".encode()
        return (hmac.new(key, message, hashlib.sha256).hexdigest() for key in self._digesting)


def vault_of(secret_key: str | None, folder: Path | None) -> Vault:
    """The vault of an installation.

    Args:
        secret_key: keys parted by commas; None takes the one in `folder`, and makes it the first time.
        folder: where an embedded database lies; None where there is none.

    Raises:
        SetupError: there is no key and no place to make one, or the file may be read by others.
    """
    if secret_key is not None:
        return Vault(*(key.strip() for key in secret_key.split(",")))
    if folder is None:
        raise SetupError(
            "Set EHC_SECRET_KEY: it seals the second factors. Make one with: openssl rand -base64 32"
        )
    return Vault(_kept_key(folder / _KEY_FILE))


def _kept_key(file: Path) -> str:
    if not file.exists():
        _make(file)
    if file.stat().st_mode & 0o077:
        raise SetupError(
            f"Others may read {file}, which holds this installation's key. Run: chmod 600 {file}"
        )
    return file.read_text(encoding="ascii").strip()


def _make(file: Path) -> None:
    """Write a new key; of two processes that do so at once, one wins and both read its key."""
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=".secret-")  # mode 600
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as new:
            new.write(secrets.token_urlsafe(_SHORTEST_KEY) + "\n")
            new.flush()
            os.fsync(new.fileno())
        try:
            os.link(name, file)
        except FileExistsError:
            return
    finally:
        os.unlink(name)


def _derived(key: str, use: str) -> bytes:
    """A key for one use (HKDF, RFC 5869: extract, then one block of expansion)."""
    extracted = hmac.new(b"ehc", key.encode(), hashlib.sha256).digest()
    return hmac.new(extracted, use.encode() + b"\x01", hashlib.sha256).digest()
