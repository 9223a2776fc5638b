"""Passwords: what may be one, and how it is kept (Argon2id).

As the NCSC advises, length and a list of what is often chosen count; nothing is asked of the kinds of
letters, and no password ends by age.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Collection
from functools import cache
from typing import Any

from engine.errors import BadInput, Busy

SHORTEST, LONGEST = 12, 200
#: Letters that must be left when everything guessable is taken out of a password.
_OWN_LETTERS = 6
_DIFFERENT_LETTERS = 5

#: What people build passwords from, without spaces and in lower case.
_OFTEN_CHOSEN = (
    *("password", "passwort", "passphrase", "letmein", "welcome", "login", "secret", "changeme", "default"),
    *("qwertyuiop", "qwerty", "asdfghjkl", "asdfgh", "zxcvbnm", "azerty", "abcdefgh", "abcdef", "abc", "qaz"),
    *("iloveyou", "monkey", "dragon", "sunshine", "princess", "football", "superman", "batman", "pokemon"),
    *("liverpool", "arsenal", "chelsea", "everton", "rangers", "celtic", "england", "london", "birmingham"),
    *("spring", "summer", "autumn", "winter", "january", "february", "march", "april", "june", "july"),
    *("august", "september", "october", "november", "december", "monday", "tuesday", "wednesday", "thursday"),
    *("friday", "saturday", "sunday", "school", "council", "teacher", "senco", "send", "ehcp", "ehc"),
    *("admin", "administrator", "guest", "user", "test", "computer", "internet", "microsoft", "office"),
)
_LOOKS_LIKE = str.maketrans("013457@$!", "oleastasi")
#: Of two tries at once each takes 19 MiB; more of them wait.
_AT_ONCE = 2
_LONGEST_WAIT = 10.0
_turns = threading.BoundedSemaphore(_AT_ONCE)

#: Of a password that nobody has: checked for accounts that don't exist, so that both take as long.
_NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$qiab/GOxRDhB5AZwx5VzEg$pnSVWBdLUkccxSM2qX+CISAAotLgaRHpMfWX8yB1YdI"


def check_new(field: str, password: str, own_words: Collection[str]) -> None:
    """Accept a password that somebody chooses, or say why not.

    Args:
        own_words: what is known of the person and is guessed first: names, login, organisation.

    Raises:
        BadInput: it's too short, too long, or made of what is often chosen.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadInput.field(
            field,
            f"A password has {SHORTEST} to {LONGEST} letters. Three words that don't belong together do.",
        )
    if (
        len(set(password.casefold())) < _DIFFERENT_LETTERS
        or len(_unguessed(password, own_words)) < _OWN_LETTERS
    ):
        raise BadInput.field(
            field,
            "This is easily guessed: it is made of words that are often chosen, of your name, of rows of keys"
            " or of numbers. Take three words that don't belong together.",
        )


def hashed(password: str) -> str:
    """What is stored of a password.

    Raises:
        Busy: too many are being checked.
    """
    with _Turn():
        stored: str = _hasher().hash(_normal(password))
    return stored


def matches(stored: str | None, password: str) -> bool:
    """Whether a password is the stored one; takes as long where nothing is stored.

    Raises:
        Busy: too many are being checked.
    """
    from argon2.exceptions import VerificationError

    with _Turn():
        try:
            right: bool = _hasher().verify(stored or _NOBODYS, _normal(password))
        except VerificationError:
            return False
    return right and stored is not None


def is_outdated(stored: str) -> bool:
    """Whether it was stored with less care than is taken today."""
    outdated: bool = _hasher().check_needs_rehash(stored)
    return outdated


class _Turn:
    """A place among those who check a password."""

    def __enter__(self) -> None:
        if not _turns.acquire(timeout=_LONGEST_WAIT):
            raise Busy("Too many people are signing in. Send the same again.")

    def __exit__(self, *_: object) -> None:
        _turns.release()


@cache
def _hasher() -> Any:
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def _normal(password: str) -> str:
    """The same letters typed on two keyboards are the same password."""
    return unicodedata.normalize("NFKC", password)


def _unguessed(password: str, own_words: Collection[str]) -> str:
    """The letters of a password that are left when what is guessed first is taken out."""
    plain = _normal(password).casefold()
    own = {part for words in own_words for part in re.split(r"[\W_]+", words.casefold()) if len(part) > 2}
    left = {_without(text, own) for text in (plain, plain.translate(_LOOKS_LIKE))}
    return min(left, key=len)


def _without(text: str, own: Collection[str]) -> str:
    for word in sorted({*own, *_OFTEN_CHOSEN}, key=len, reverse=True):
        text = text.replace(word, " ")
    text = re.sub(r"(.{1,4}?)\1{2,}", r"\1", text)  # the same again and again
    return re.sub(r"[\W\d_]+", "", text)
