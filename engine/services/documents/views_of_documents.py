"""What services answer about documents and uploads."""

from __future__ import annotations

from datetime import datetime

from engine.services.views import View


class FileView(View):
    """What makes a document a file: its name, kind and length, its content's hash, and how it was checked."""

    name: str
    media_type: str
    size: int
    digest: str
    scan: str
    state: str
    superseded_by: str | None


class DocumentView(View):
    """One document of a case: a file, the answers to a form, a letter, or a reason that somebody gave."""

    key: str
    case_key: str
    kind: str
    task_key: str | None
    form_key: str | None
    organisation: str
    audience: list[str]
    hidden_from: list[str]
    created_at: datetime
    created_by: str | None
    digest: str
    version: int
    file: FileView | None


class UploadView(View):
    """A file that is being sent in parts; `document_key` is there once it is complete."""

    key: str
    case_key: str
    length: int
    received: int
    name: str
    expires_at: datetime
    document_key: str | None
