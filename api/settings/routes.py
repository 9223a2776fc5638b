"""`/settings`: schools and other settings, as the national register has them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from tempfile import SpooledTemporaryFile
from typing import Any, TextIO

from flask import Response

from api.answers import answer
from api.blueprint import API_ROOT, Blueprint, permission
from api.context import current_engine, current_principal
from api.problems import bad_input
from api.receiving import body_length, read_body, takes_bytes
from api.repeats import answered_once, repeats_itself
from api.settings.schemas import (
    IMPORTED,
    SETTING_PAGE,
    SettingPage,
    SettingQuery,
    SettingsImport,
    SettingsImportQuery,
)
from engine.services.imports import settings_register as service

_BYTES = "application/octet-stream"
_PIECE = 256 * 1024

settings = Blueprint("settings", f"{API_ROOT}/settings", "Settings, as the national register has them.")


@settings.get("")
@permission("setting:read")
@settings.filters(SettingQuery)
@settings.answers(200, SettingPage, SETTING_PAGE)
def list_settings(query: dict[str, Any]) -> Response:
    """List settings.

    By URN, as the operator has last read the register; `successors` took the place of one that has closed.
    """
    return answer(service.list_settings(current_engine(), current_principal(), **query))


@settings.post("/imports")
@permission("setting:import")
@repeats_itself
@takes_bytes(_BYTES)
@settings.filters(SettingsImportQuery)
@settings.answers(200, SettingsImport, IMPORTED)
def import_settings(query: dict[str, Any]) -> Response:
    """Read settings from the national register.

    The body is its file `edubasealldata`, or those of its rows that are wanted, in Windows-1252, with the
    line of names. Without `dryRun=false` it is only told what would be done. The same file again changes
    nothing.
    """
    dry_run = query["dry_run"]
    with _received() as (register, digest):
        return answered_once(
            lambda: answer(
                service.import_as(current_engine(), current_principal(), register, dry_run=dry_run)
            ),
            lambda: {"digest": digest, "dryRun": dry_run},
        )


@contextmanager
def _received() -> Iterator[tuple[TextIO, str]]:
    """The body as lines of text, and its digest; taken piece by piece, and on disk where it is large."""
    length, digest = body_length(_BYTES), hashlib.sha256()
    with SpooledTemporaryFile(max_size=_PIECE) as file:
        while piece := read_body(_PIECE):
            digest.update(piece)
            file.write(piece)
        if file.tell() != length:
            raise bad_input(
                "body", "", f"The body ended after {file.tell()} of {length} bytes. Send it again."
            )
        file.seek(0)
        yield TextIOWrapper(file, encoding=service.ENCODING, errors="replace", newline=""), digest.hexdigest()
