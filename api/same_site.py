"""Keeps other sites' pages from acting with a person's cookie, which browsers add by themselves."""

from __future__ import annotations

from flask import request

from api.problems import Refusal

#: Any value will do: another site's page can't add a header of its own without being asked first.
HEADER = "X-EHC-Request"
_READING = frozenset({"GET", "HEAD"})
#: What a browser says of a request of our own pages, or of the person's own.
_OURS = frozenset({"same-origin", "none"})


def check_same_site(*, header_needed: bool = True) -> None:
    """Let reads through, and changes only where they can't come from another site's page.

    Args:
        header_needed: False where the request carries no cookie's power, as at sign-in.

    Raises:
        Refusal: 403.
    """
    if request.method in _READING:
        return
    if request.headers.get("Sec-Fetch-Site", "none") not in _OURS:
        raise Refusal("cross-site", "The browser says that another site sent this. Nothing was changed.")
    if header_needed and not request.headers.get(HEADER):
        raise Refusal("cross-site", f"A change with a cookie needs the header {HEADER}. Nothing was changed.")
