"""The OpenID providers at which people may sign in, as the file that `EHC_PROVIDERS` names describes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import yaml

from engine.errors import NotFound, SetupError

_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
#: Claims by which a provider knows a person for good. An email address is never one.
SUBJECTS: Mapping[str, tuple[str, ...]] = {"sub": ("sub",), "entra": ("tid", "oid")}
_NEEDED = {"name", "title", "issuer", "client_id", "client_secret_file"}
_KNOWN = _NEEDED | {"subject", "link_by_verified_email", "scope"}


@dataclass(frozen=True)
class Provider:
    """A provider outside, and as whom we ask it."""

    name: str
    title: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    #: Which claims are the person's stable key: `sub`, or Entra ID's tenant and object.
    subject: Literal["sub", "entra"] = "sub"
    #: Whether an address that the provider has verified may find the account whose login it is.
    link_by_verified_email: bool = False
    scope: str = "openid email profile"


def read_providers(file: Path | None) -> dict[str, Provider]:
    """The providers by name; none without a file.

    Raises:
        SetupError: the file can't be read, or what it says can't be so.
    """
    if file is None:
        return {}
    try:
        described = yaml.safe_load(file.read_text(encoding="utf-8"))["providers"]
        found = [_provider(file.parent, each) for each in described]
    except (OSError, yaml.YAMLError, KeyError, TypeError) as problem:
        raise SetupError(f"{file} (EHC_PROVIDERS) doesn't describe providers: {problem!r}") from None
    names = [provider.name for provider in found]
    if len(set(names)) != len(names):
        raise SetupError(f"{file} (EHC_PROVIDERS) names a provider twice.")
    return {provider.name: provider for provider in found}


def named(providers: Mapping[str, Provider], name: str) -> Provider:
    """The provider of a name.

    Raises:
        NotFound: there is none.
    """
    if name not in providers:
        raise NotFound("Nobody signs in here: there is no provider of this name.")
    return providers[name]


def _provider(folder: Path, described: dict[str, Any]) -> Provider:
    said = set(described)
    name = str(described.get("name"))
    if said - _KNOWN or _NEEDED - said:
        wrong = ", ".join(sorted((said - _KNOWN) | (_NEEDED - said)))
        raise SetupError(f"The provider {name} in EHC_PROVIDERS lacks, or has too much: {wrong}.")
    if not _NAME.fullmatch(name):
        raise SetupError(f"The provider's name {name!r} must be letters a-z, digits and hyphens.")
    if described.get("subject", "sub") not in SUBJECTS:
        raise SetupError(f"The provider {name}: subject is one of {', '.join(SUBJECTS)}.")
    values = {key: value for key, value in described.items() if key != "client_secret_file"}
    values["issuer"] = _issuer(name, str(described["issuer"]))
    secret = (folder / str(described["client_secret_file"])).read_text(encoding="utf-8").strip()
    return Provider(**values, client_secret=secret)


def _issuer(name: str, issuer: str) -> str:
    parts = urlsplit(issuer)
    if parts.scheme != "https" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise SetupError(f"The provider {name}: its issuer must begin with https://.")
    return issuer
