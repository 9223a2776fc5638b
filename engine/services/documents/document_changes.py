"""What people do to the documents of a case: send a file, withdraw one, say who may see one."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from engine.errors import BadInput, Conflict, NotFound, NotPermitted, VersionMismatch
from engine.services.audit.audit import Actor, Event
from engine.services.cases.cases import find_case
from engine.services.documents.documents import find_document, view
from engine.services.documents.stored_files import Kept
from engine.services.documents.views_of_documents import DocumentView
from engine.services.principals import Principal
from engine.services.sight import audiences, sight
from engine.services.step import CaseStep
from engine.store import file_tables, tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

#: What a file that somebody sends can be.
KINDS = (
    "advice",
    "report",
    "evidence",
    "letter",
    "views",
    "consent",
    "plan",
    "correspondence",
    "other",
)
_LONGEST_NAME = 200
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class NewFile:
    """What is said of a file that is sent.

    Attributes:
        name: what its sender calls it, with its ending.
        audience: words, roles and codes of organisations; empty: the SEND team and whose it is.
        supersedes: the key of the document whose place it takes.
    """

    name: str
    kind: str = "other"
    audience: Sequence[str] = ()
    hidden_from: Sequence[str] = ()
    task_key: str | None = None
    supersedes: str | None = None


def require_room(
    engine: Engine,
    principal: Principal,
    case_key: str,
    new: NewFile,
    size: int,
    *,
    version: int | None = None,
) -> AnyRow:
    """Check all that can be known before a file's bytes are read; gives the case's row.

    Raises:
        NotFound: there is no such case, task or document for this principal.
        BadInput: something said of the file can't be, or it is larger than what is taken.
        VersionMismatch: the case has moved on since the caller looked.
    """
    principal.require("document:add")
    limits = engine.settings.files
    with engine.database.read() as connection:
        case = find_case(engine, connection, principal, case_key)
        if version not in (None, case.version):
            raise VersionMismatch(f"Case {case_key} stands at version {case.version}, not {version}.")
        _check(engine, connection, principal, case.key, new)
        if size > limits.largest:
            most = limits.largest // _MEGABYTE
            raise BadInput.field("content", f"A file may have {most} MB at most. Send it in several files.")
        if _taken(connection, case.key) + size > limits.largest_case:
            most = limits.largest_case // _MEGABYTE
            raise BadInput.field("content", f"All files of one case may have {most} MB together at most.")
    return case


def add_file(
    engine: Engine,
    principal: Principal,
    case_key: int,
    new: NewFile,
    kept: Kept,
    *,
    version: int | None = None,
) -> DocumentView:
    """Make a document of a file that lies in its place."""
    actor = Actor(principal.membership_key, principal.organisation)
    with engine.database.write() as connection:
        step = CaseStep.lock(engine, connection, case_key, actor)
        step.require_version(version)
        key = write_file(step, principal, new, kept)
        step.save()
        return view(find_document(engine, connection, principal, str(key)))


def write_file(step: CaseStep, principal: Principal, new: NewFile, kept: Kept) -> int:
    """Write a document of a file within a step; gives its key."""
    old = _check(step.engine, step.connection, principal, step.case_key, new)
    audience = audiences.checked_audience(new.audience)
    row = {
        "authority": step.authority,
        "case_key": step.case_key,
        "task_key": int(new.task_key) if new.task_key else None,
        "kind": new.kind,
        "organisation": principal.organisation,
        "audience": audience,
        "hidden_from": audiences.checked_hidden(new.hidden_from),
        "content": "",
        "digest": kept.digest,
        "created_at": step.now,
        "created_by": principal.membership_key,
    }
    inserted = step.connection.execute(_NEW, row).inserted_primary_key
    assert inserted is not None
    key = int(inserted[0])
    step.connection.execute(_NEW_FILE, _file_row(step, key, new, kept))
    if old is not None:
        _mark(step, old.key, "superseded", superseded_by=key)
        step.audit.append(Event.DOCUMENT_SUPERSEDED, document=old.key, by=key)
    step.audit.append(Event.DOCUMENT_ADDED, document=key, kind=new.kind, digest=kept.digest)
    return key


def withdraw(
    engine: Engine, principal: Principal, key: str, reason: str, *, version: int | None = None
) -> DocumentView:
    """Withdraw a file that shouldn't be read any more; it stays listed, its reason is the SEND team's.

    Raises:
        Conflict: it isn't a file, or is withdrawn already.
        NotPermitted: it is another organisation's.
    """
    principal.require("document:change")

    def work(step: CaseStep, row: AnyRow) -> None:
        _require_own(principal, row)
        if row.name is None:
            raise Conflict("Only a file is withdrawn: answers and letters are what was decided on, and stay.")
        if row.state == "withdrawn":
            raise Conflict("This document is withdrawn already.")
        _mark(step, row.key, "withdrawn", superseded_by=row.superseded_by)
        step.note_reason(Event.DOCUMENT_WITHDRAWN, reason, document=row.key)

    return _changed(engine, principal, key, version, work)


def share(
    engine: Engine,
    principal: Principal,
    key: str,
    audience: Sequence[str],
    hidden_from: Sequence[str],
    reason: str,
    *,
    version: int | None = None,
) -> DocumentView:
    """Say anew who may see a document, and from whom it is hidden whatever else is said.

    Raises:
        Conflict: the answers to a form have an audience for each field, which the form gives; they can
            only be hidden.
    """
    principal.require("document:share")

    def work(step: CaseStep, row: AnyRow) -> None:
        hidden = audiences.checked_hidden(hidden_from)
        _check_members(step, hidden)
        before = view(row).audience
        after: Any = audiences.checked_audience(audience)
        if isinstance(row.audience, dict):
            if set(audience) != set(before):
                raise Conflict(
                    "The form says who may see each answer. Leave `audience` as it is, or hide it."
                )
            after = row.audience
        values = {"row_key": row.key, "new_audience": after, "new_hidden": hidden}
        step.connection.execute(_SHARE, values)
        step.note_reason(
            Event.DOCUMENT_SHARED,
            reason,
            document=row.key,
            before=before,
            after=before if isinstance(after, dict) else after,
            hidden_before=list(row.hidden_from),
            hidden_after=hidden,
        )

    return _changed(engine, principal, key, version, work)


def _changed(engine: Engine, principal: Principal, key: str, version: int | None, work: Any) -> DocumentView:
    with engine.database.read() as connection:
        found = find_document(engine, connection, principal, key)
    actor = Actor(principal.membership_key, principal.organisation)
    with engine.database.write() as connection:
        step = CaseStep.lock(engine, connection, found.case_key, actor)
        row = find_document(engine, connection, principal, key)
        if version is not None and version != row.version:
            raise VersionMismatch(f"Document {key} stands at version {row.version}, not {version}.")
        work(step, row)
        step.save()
        return view(find_document(engine, connection, principal, key))


def _check(
    engine: Engine, connection: Connection, principal: Principal, case_key: int, new: NewFile
) -> AnyRow | None:
    """What is said of a file must be so; gives the document that it supersedes."""
    name = new.name
    unsafe = any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") for letter in name)
    if not name.strip(" .") or len(name) > _LONGEST_NAME or unsafe or "/" in name or "\\" in name:
        raise BadInput.field(
            "name", f"A name is one line of at most {_LONGEST_NAME} letters without slashes."
        )
    if new.kind not in KINDS:
        raise BadInput.field("kind", f"kind is one of: {', '.join(KINDS)}.")
    audiences.checked_audience(new.audience)
    audiences.checked_hidden(new.hidden_from)
    if new.task_key is not None:
        task = {"row_key": sight.key(new.task_key), "of": case_key}
        if connection.execute(_TASK.where(sight.tasks(principal)), task).first() is None:
            raise NotFound(f"There is no task {new.task_key} of this case for you.")
    if new.supersedes is None:
        return None
    old = find_document(engine, connection, principal, new.supersedes)
    if old.case_key != case_key:
        raise NotFound(f"There is no document {new.supersedes} of this case for you.")
    _require_own(principal, old)
    if old.name is None or old.state != "current":
        raise Conflict(f"Document {old.key} isn't a file that stands: only one that does is superseded.")
    return old


def _check_members(step: CaseStep, hidden: Sequence[str]) -> None:
    """A member of the family that something is hidden from must be one of this child's."""
    named = {code.partition(":")[2] for code in hidden if code.startswith("family:")}
    known = step.connection.execute(_MEMBERS, {"child": step.case.child_key}).scalars().all()
    if stray := sorted(named - {str(key) for key in known}):
        raise BadInput.field("hiddenFrom", f"There is no member {stray[0]} of this family.")


def _require_own(principal: Principal, row: AnyRow) -> None:
    if not principal.of_send_team and row.organisation != principal.organisation:
        raise NotPermitted("A document is changed by the organisation that gave it, or by the SEND team.")


def _taken(connection: Connection, case_key: int) -> int:
    """Bytes that the files of a case take, those on their way included."""
    stored = connection.execute(_STORED, {"of": case_key}).scalar_one()
    return int(stored) + int(connection.execute(_COMING, {"of": case_key}).scalar_one())


def _mark(step: CaseStep, key: int, state: str, *, superseded_by: int | None) -> None:
    values = {"row_key": key, "new_state": state, "by": superseded_by, "at": step.now}
    step.connection.execute(_MARK, values)
    step.connection.execute(_NEXT_VERSION, {"row_key": key})


def _file_row(step: CaseStep, key: int, new: NewFile, kept: Kept) -> dict[str, Any]:
    return {
        "document_key": key,
        "authority": step.authority,
        "case_key": step.case_key,
        "digest": kept.digest,
        "name": unicodedata.normalize("NFC", new.name),
        "media_type": kept.media_type,
        "size": kept.size,
        "state": "current",
    }


_document, _file, _upload = tables.document, file_tables.document_file, file_tables.upload
_NEW, _NEW_FILE = insert(_document), insert(_file)
_MARK = (
    update(_file)
    .where(_file.c.document_key == bindparam("row_key"))
    .values(state=bindparam("new_state"), superseded_by=bindparam("by"), changed_at=bindparam("at"))
)
_NEXT_VERSION = (
    update(_document).where(_document.c.key == bindparam("row_key")).values(version=_document.c.version + 1)
)
_SHARE = _NEXT_VERSION.values(audience=bindparam("new_audience"), hidden_from=bindparam("new_hidden"))
_TASK = select(tables.task.c.key).where(
    tables.task.c.key == bindparam("row_key"), tables.task.c.case_key == bindparam("of")
)
_MEMBERS = select(tables.family_member.c.key).where(tables.family_member.c.child_key == bindparam("child"))
_STORED = select(func.coalesce(func.sum(_file.c.size), 0)).where(_file.c.case_key == bindparam("of"))
_COMING = select(func.coalesce(func.sum(_upload.c.length), 0)).where(
    _upload.c.case_key == bindparam("of"), file_tables.UNDER_WAY
)
