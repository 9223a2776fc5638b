"""Logins: what is typed to say which account is meant."""

from __future__ import annotations

import unicodedata

LONGEST = 254


def normal_login(text: str) -> str:
    """One form of a login, however it is typed."""
    return unicodedata.normalize("NFKC", text).strip().casefold()
