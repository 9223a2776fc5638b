"""The secrets that we give out: random letters behind a prefix that says what they are, with a checksum.

Only their SHA-256 is stored. They hold 190 random bits, so that no slow hash is needed.
"""

from __future__ import annotations

import hashlib
import secrets
import zlib
from enum import StrEnum

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_RANDOM_LETTERS = 32
_CHECK_LETTERS = 6
_PREFIX_LETTERS = 8
#: Letters of every secret of ours.
LETTERS = _PREFIX_LETTERS + _RANDOM_LETTERS + _CHECK_LETTERS
#: How they are written, for documents.
PATTERN = f"^ehc_[a-z]{{3}}_[0-9A-Za-z]{{{_RANDOM_LETTERS + _CHECK_LETTERS}}}$"


class Kind(StrEnum):
    """What a secret is for; the value is its prefix."""

    PERSONAL_TOKEN = "ehc_pat_"  # noqa: S105 -- prefixes, no secrets
    CLIENT_TOKEN = "ehc_cat_"  # noqa: S105 -- a prefix
    SESSION = "ehc_ses_"
    TICKET = "ehc_tkt_"
    INVITATION = "ehc_inv_"
    CLIENT_SECRET = "ehc_sec_"  # noqa: S105 -- a prefix


_KINDS = {kind.value: kind for kind in Kind}


def new(kind: Kind) -> str:
    """A new secret: what is mistyped is refused by its checksum, without a query."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM_LETTERS))
    return kind.value + letters + _checksum(letters)


def kind_of(text: str) -> Kind | None:
    """What a text can be; None when it can't be a secret of ours at all."""
    kind = _KINDS.get(text[:_PREFIX_LETTERS])
    if kind is None or len(text) != LETTERS or not text.isascii():
        return None
    letters = text[_PREFIX_LETTERS:-_CHECK_LETTERS]
    return kind if _checksum(letters) == text[-_CHECK_LETTERS:] else None


def digest(text: str) -> str:
    """What is stored of a secret."""
    return hashlib.sha256(text.encode()).hexdigest()


def hint(text: str) -> str:
    """The letters by which its owner knows a secret again."""
    return text[-4:]


def _checksum(letters: str) -> str:
    number = zlib.crc32(letters.encode())
    check = ""
    for _ in range(_CHECK_LETTERS):
        number, rest = divmod(number, len(_ALPHABET))
        check += _ALPHABET[rest]
    return check
