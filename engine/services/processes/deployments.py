"""Deploying as process owners do it: look first, then do it, with a reason; and what was deployed before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, func, select

from engine.definitions.comparing import Comparison, Loss, compare
from engine.errors import BadInput, NotFound
from engine.services import paging
from engine.services.escalations import ladder_changes
from engine.services.principals import Principal
from engine.services.processes import definitions
from engine.services.processes.definitions import Deployer, DeploymentRefused
from engine.services.processes.views_of_control import (
    ActView,
    Deployed,
    DeploymentCheck,
    DeploymentDetail,
    DeploymentView,
    ElementChangeView,
    FileChangeView,
    FindingView,
    LossView,
    ProcessChangeView,
    VersionMadeView,
)
from engine.services.sight import sight
from engine.services.views import Page, PageEnd
from engine.spiff import Finding
from engine.store import control_tables, tables
from engine.store.types import AnyRow
from engine.wording import SUFFIX as MESSAGE

if TYPE_CHECKING:
    from engine.application import Engine


def check_deployment(engine: Engine, principal: Principal, files: Mapping[str, str]) -> DeploymentCheck:
    """What a deployment of these files would do: findings, changes in words, losses. Nothing is kept.

    Raises:
        BadInput: there are no files, or one is too large or of another kind.
    """
    principal.require("process:deploy")
    return examined(engine, principal.authority, _content(files))


def examined(engine: Engine, authority: str, files: Mapping[str, bytes]) -> DeploymentCheck:
    """As `check_deployment`, for whoever works for the whole authority.

    Raises:
        BadInput: there are no files, or one is too large or of another kind.
    """
    definitions.check_files(files)
    with engine.database.read() as connection:
        before = definitions.newest_files(connection, authority)
        whole = {**before, **files}
        digest = definitions.digest_of(whole)
        asked = {"authority": authority, "digest": digest}
        known = connection.execute(_KNOWN, asked).first() is not None
        standing = _standing(connection, authority)
        of_authority = definitions.findings_of_authority(engine, connection, authority, whole)
    comparison = compare(before, whole, _shipped_templates(engine))
    losses = [*comparison.losses, *ladder_changes.lost_by_ladder(engine, before, whole)]
    findings = list(dict.fromkeys([*_findings(whole), *of_authority]))
    broken = any(finding.severity == "error" for finding in findings)
    return DeploymentCheck(
        acceptable=not broken and not losses,
        digest=digest,
        known=known,
        findings=[_finding(finding) for finding in findings],
        files=[FileChangeView(name=each.name, change=each.change) for each in comparison.files],
        processes=_processes(comparison, standing),
        changes=_changes(comparison),
        losses=[_loss(loss) for loss in losses],
    )


def deploy(
    engine: Engine,
    principal: Principal,
    files: Mapping[str, str],
    reason: str,
    accepted_losses: Iterable[str] = (),
) -> Deployed:
    """Make these files, with those of the newest deployment that aren't among them, the newest versions.

    Raises:
        BadInput: no reason, no files, or one too large or of another kind.
        DeploymentRefused: the files have errors, or something would be lost that isn't accepted.
    """
    principal.require("process:deploy")
    if not reason.strip():
        raise BadInput.field("reason", "Say why this is deployed.")
    deployer = Deployer(
        principal.person_name,
        principal.membership_key,
        principal.organisation,
        reason,
        tuple(accepted_losses),
    )
    made = definitions.deploy(engine, principal.authority, _content(files), by=deployer)
    assert made.key is not None
    with engine.database.read() as connection:
        rows = connection.execute(_VERSIONS, {"deployment": made.key}).all()
    return Deployed(
        key=str(made.key),
        digest=made.digest,
        new=made.is_new,
        process_definitions=[_version(row) for row in rows if row.key in made.processes.values()],
        findings=[_finding(finding) for finding in made.findings],
    )


def list_deployments(
    engine: Engine, principal: Principal, *, limit: int = 50, cursor: str | None = None
) -> Page[DeploymentView]:
    """The deployments of the authority, the newest first."""
    principal.require("process:read")
    query = select(_deployment).where(_deployment.c.authority == principal.authority)
    if cursor is not None:
        query = query.where(_deployment.c.key < paging.decode(cursor, int)[0])
    with engine.database.read() as connection:
        ordered = query.order_by(_deployment.c.key.desc()).limit(paging.clamp(limit) + 1)
        rows = connection.execute(ordered).all()
        items = [_view(connection, row) for row in rows[:limit]]
    end = paging.encode([rows[limit - 1].key]) if len(rows) > limit else None
    return Page(items=items, page=PageEnd(end_cursor=end))


def get_deployment(engine: Engine, principal: Principal, key: str) -> DeploymentDetail:
    """One deployment: its files, the versions it made, and each time that it was deployed.

    Raises:
        NotFound: there is none in this authority.
    """
    with engine.database.read() as connection:
        row = _find(connection, principal, key)
        plain = _view(connection, row)
        acts = connection.execute(_ACTS, {"deployment": row.key}).all()
        versions = connection.execute(_VERSIONS, {"deployment": row.key}).all()
    return DeploymentDetail(
        key=plain.key,
        digest=plain.digest,
        created_at=plain.created_at,
        created_by=plain.created_by,
        resource_names=plain.resource_names,
        acts=[_act(act) for act in acts],
        process_definitions=[_version(version) for version in versions],
    )


def resource(engine: Engine, principal: Principal, key: str, name: str) -> bytes:
    """A file of a deployment, byte for byte.

    Raises:
        NotFound: there is no such deployment in this authority, or no such file in it.
    """
    with engine.database.read() as connection:
        row = _find(connection, principal, key)
        content = connection.execute(_RESOURCE, {"deployment": row.key, "name": name}).scalar()
    if content is None:
        raise NotFound(f"Deployment {key} holds no file of this name.")
    return bytes(content)


def _find(connection: Connection, principal: Principal, key: str) -> AnyRow:
    principal.require("process:read")
    query = select(_deployment).where(
        _deployment.c.key == sight.key(key), _deployment.c.authority == principal.authority
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"There is no deployment {key} for you.")
    return row


def _shipped_templates(engine: Engine) -> dict[str, bytes]:
    """The templates of letters and messages that stand where none is deployed, by their files' names."""
    letters = {name: text.encode() for name, text in engine.letters.shipped().sources.items()}
    wordings = engine.wordings.shipped()
    messages = {f"{name}{MESSAGE}": wordings.source(name).encode() for name in wordings.names()}
    return {**letters, **messages}


def _content(files: Mapping[str, str]) -> dict[str, bytes]:
    return {name: text.encode() for name, text in files.items()}


def _findings(files: Mapping[str, bytes]) -> list[Finding]:
    try:
        return list(definitions.parsed_files(files).findings)
    except DeploymentRefused as refused:
        return list(refused.findings)


def _standing(connection: Connection, authority: str) -> dict[str, tuple[int, int]]:
    """The newest version of each process, and how many instances run on any version of it."""
    rows = connection.execute(_STANDING, {"authority": authority}).all()
    return {row.process_id: (row.newest, row.running) for row in rows}


def _changes(comparison: Comparison) -> list[ElementChangeView]:
    return [
        ElementChangeView(
            file=each.file,
            process_id=each.process_id,
            element_id=each.element_id,
            change=each.sort,
            text=each.text,
        )
        for each in comparison.changes
    ]


def _loss(loss: Loss) -> LossView:
    return LossView(
        id=loss.id,
        file=loss.file,
        process_id=loss.process_id,
        element_id=loss.element_id,
        text=loss.text,
        remedy=loss.remedy,
    )


def _processes(comparison: Comparison, standing: Mapping[str, tuple[int, int]]) -> list[ProcessChangeView]:
    return [
        ProcessChangeView(
            process_definition_id=each.process_id,
            change=each.change,
            deployed_version=standing.get(each.process_id, (None, 0))[0],
            active_instances=standing.get(each.process_id, (None, 0))[1],
        )
        for each in comparison.processes
    ]


def _finding(finding: Finding) -> FindingView:
    return FindingView(**definitions.as_member(finding))


def _view(connection: Connection, row: AnyRow) -> DeploymentView:
    names = connection.execute(_NAMES, {"deployment": row.key}).scalars().all()
    return DeploymentView(
        key=str(row.key),
        digest=row.digest,
        created_at=row.created_at,
        created_by=row.created_by,
        resource_names=list(names),
    )


def _act(row: AnyRow) -> ActView:
    return ActView(
        deployed_at=row.deployed_at,
        deployed_by=row.deployed_by,
        membership_key=str(row.membership_key) if row.membership_key else None,
        reason=row.reason,
        accepted_losses=row.accepted_losses,
    )


def _version(row: AnyRow) -> VersionMadeView:
    return VersionMadeView(key=str(row.key), process_definition_id=row.process_id, version=row.version)


_deployment, _resource = tables.deployment, tables.deployment_resource
_definition, _instance = tables.process_definition, tables.instance
_KNOWN = select(_deployment.c.key).where(
    _deployment.c.authority == bindparam("authority"), _deployment.c.digest == bindparam("digest")
)
_NAMES = (
    select(_resource.c.name)
    .where(_resource.c.deployment_key == bindparam("deployment"))
    .order_by(_resource.c.name)
)
_RESOURCE = select(_resource.c.content).where(
    _resource.c.deployment_key == bindparam("deployment"), _resource.c.name == bindparam("name")
)
_VERSIONS = (
    select(_definition)
    .where(_definition.c.deployment_key == bindparam("deployment"))
    .order_by(_definition.c.key)
)
_ACTS = (
    select(control_tables.deployment_act)
    .where(control_tables.deployment_act.c.deployment_key == bindparam("deployment"))
    .order_by(control_tables.deployment_act.c.key)
)
_STANDING = (
    select(
        _definition.c.process_id,
        func.max(_definition.c.version).label("newest"),
        func.count(_instance.c.key).label("running"),
    )
    .outerjoin(
        _instance, (_instance.c.definition_key == _definition.c.key) & (_instance.c.status == "active")
    )
    .where(_definition.c.authority == bindparam("authority"))
    .group_by(_definition.c.process_id)
)
