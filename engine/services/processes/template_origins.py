"""Where the templates in force come from: which deployment first had a file as it stands now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from engine.services.processes.definitions import newest_deployment
from engine.store import tables

SHIPPED, DEPLOYED = "shipped", "deployment"


@dataclass(frozen=True)
class Origin:
    """Where a file comes from; no deployment where it ships."""

    deployment_key: str | None = None
    deployed_at: datetime | None = None

    @property
    def name(self) -> str:
        """`shipped` or `deployment`."""
        return SHIPPED if self.deployment_key is None else DEPLOYED


def origins(connection: Connection, authority: str, suffix: str) -> Mapping[str, Origin]:
    """The deployed files in force whose names end so, each with the deployment that first had it so."""
    newest = newest_deployment(connection, authority)
    if newest is None:
        return {}
    stands = connection.execute(_STANDS, {"deployment": newest, "names": f"%{suffix}"}).all()
    first = connection.execute(_FIRST, {"of": authority, "names": f"%{suffix}"}).all()
    began = {(row.name, row.digest): Origin(str(row.key), row.at) for row in first}
    return {row.name: began[row.name, row.digest] for row in stands}


def latest(files: Iterable[str], known: Mapping[str, Origin]) -> Origin:
    """Where the newest of some files comes from."""
    found = [known[file] for file in files if file in known]
    return max(found, key=lambda each: int(each.deployment_key or 0), default=Origin())


_deployment, _resource = tables.deployment, tables.deployment_resource
_STANDS = select(_resource.c.name, _resource.c.digest).where(
    _resource.c.deployment_key == bindparam("deployment"), _resource.c.name.like(bindparam("names"))
)
_FIRST = (
    select(
        _resource.c.name,
        _resource.c.digest,
        func.min(_deployment.c.key).label("key"),
        func.min(_deployment.c.created_at).label("at"),
    )
    .join(_deployment, _deployment.c.key == _resource.c.deployment_key)
    .where(_deployment.c.authority == bindparam("of"), _resource.c.name.like(bindparam("names")))
    .group_by(_resource.c.name, _resource.c.digest)
)
