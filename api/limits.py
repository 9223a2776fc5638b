"""Rate limits at the gate, and the headers that tell of them (`RateLimit`, `RateLimit-Policy`)."""

from __future__ import annotations

import ipaddress

from flask import Flask, Response, g, request

from api.context import current_principal, installation
from api.problems import Refusal
from engine.services.sign_in.rate_limits import WINDOW, Allowance

#: Whoever has one IPv6 address has all of its network: 64 bits.
_NETWORK_BITS = 64


def tell_limits(app: Flask) -> None:
    """Say in every counted answer what is left."""
    app.after_request(_tell)


def count_principal() -> None:
    """Count a request for the token or session that it was made with.

    Raises:
        Refusal: 429.
    """
    credential = current_principal().credential
    if credential is not None:
        _count("token", f"{credential.kind} {credential.key}")


def count_address() -> None:
    """Count a request for the address that it comes from.

    Raises:
        Refusal: 429.
    """
    _count("sign-in", _network(request.remote_addr or ""))


def _count(policy: str, subject: str) -> None:
    allowance = installation().take(policy, subject)
    if allowance is None:
        return
    g.allowance = allowance
    if not allowance.allowed:
        raise Refusal(
            "too-many-requests",
            f"The {allowance.quota} requests of this minute are made. Go on in {allowance.reset} seconds.",
            headers={"Retry-After": str(allowance.reset)},
        )


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, _NETWORK_BITS), strict=False))


def _tell(response: Response) -> Response:
    allowance: Allowance | None = g.get("allowance")
    if allowance is not None:
        name = f'"{allowance.policy}"'
        response.headers["RateLimit"] = f"{name};r={allowance.remaining};t={allowance.reset}"
        response.headers["RateLimit-Policy"] = f"{name};q={allowance.quota};w={WINDOW}"
    return response
