"""Deployments and the definitions in them: immutable, known by their content, cached by version."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, func, insert, select

from engine.definitions import lint
from engine.definitions.checks.letters import letters_stand
from engine.definitions.comparing import Loss, compare
from engine.errors import BadInput, FieldProblem, NotFound
from engine.forms import Form, read_form
from engine.letters import SUFFIX as LETTER
from engine.services.audit.audit import Actor, Event
from engine.services.audit.audit_of_authority import record_by
from engine.services.escalations import ladder_changes
from engine.services.functions import FUNCTIONS
from engine.spiff import Bundle, DiagramRefused, Finding, read_bundle
from engine.store import tables
from engine.store.control_tables import deployment_act

if TYPE_CHECKING:
    from engine.application import Engine

#: Bytes of one file that a deployment takes; a diagram of ours has some 100 kB.
LARGEST_FILE = 5_000_000
#: Kinds of files of a deployment.
SUFFIXES = (".bpmn", ".dmn", ".form", ".html", ".txt")
#: Deployments kept parsed in memory, and definitions known by key.
_CACHED = 16
_DEFINITIONS_CACHED = 1_000


class DeploymentRefused(BadInput):
    """The files have errors; `findings` names each with element, reason and remedy."""

    code = "deployment_refused"

    def __init__(self, findings: Sequence[Finding]) -> None:
        errors = [finding for finding in findings if finding.severity == "error"]
        super().__init__(
            f"The files can't be deployed: {len(errors)} error{'s' if len(errors) > 1 else ''}."
            f" The first: {errors[0]}",
            [FieldProblem(f"{item.file}#{item.element}", f"{item.message} {item.remedy}") for item in errors],
            findings=[as_member(finding) for finding in findings],
        )
        self.findings = tuple(findings)


def as_member(finding: Finding) -> dict[str, str]:
    """A finding as it stands in an answer."""
    return {
        "file": finding.file,
        "element": finding.element,
        "severity": finding.severity,
        "rule": finding.rule,
        "message": finding.message,
        "remedy": finding.remedy,
    }


@dataclass(frozen=True)
class Deployed:
    """One deployment, parsed: shared by all instances and threads, never changed."""

    key: int
    bundle: Bundle
    forms: Mapping[str, Form]


@dataclass(frozen=True)
class Definition:
    """One version of one process."""

    key: int
    process_id: str
    name: str
    version: int
    deployed: Deployed

    @property
    def bundle(self) -> Bundle:
        """The parsed diagrams and tables that this version is bound to."""
        return self.deployed.bundle

    def form(self, form_id: str) -> Form | None:
        """The form of this name in the same deployment."""
        return self.deployed.forms.get(form_id)

    def has_requirement(self, element_id: str) -> bool:
        """Whether an element of this name, in any of the processes, requires more than its form asks."""
        return any(
            element_id in elements and "ehc:requires" in elements[element_id].properties
            for elements in self.bundle.elements.values()
        )


@dataclass(frozen=True)
class Deployment:
    """What a deployment did.

    `is_new` is False where the same content was there already; `processes` are the versions it made, none
    where that content was the newest anyway or nothing was kept.
    """

    key: int | None
    digest: str
    is_new: bool
    processes: Mapping[str, int]
    findings: Sequence[Finding] = field(default_factory=tuple)


@dataclass(frozen=True)
class Parsed:
    """The files of a deployment, checked and parsed; the same for everybody who deploys this content."""

    findings: tuple[Finding, ...]
    bundle: Bundle
    forms: Mapping[str, Form]


class ContentCache:
    """Parsed files by the digest of their content; the least recently used is thrown out."""

    def __init__(self) -> None:
        self._parsed: OrderedDict[str, Parsed] = OrderedDict()
        self._guard = threading.Lock()

    def get(self, digest: str, files: Callable[[], Mapping[str, bytes]]) -> Parsed:
        """What these files say, parsed once.

        Raises:
            DeploymentRefused: they have errors.
        """
        with self._guard:
            if digest in self._parsed:
                self._parsed.move_to_end(digest)
                return self._parsed[digest]
            parsed = self._parsed[digest] = self._anew(files())
            while len(self._parsed) > _CACHED:
                self._parsed.popitem(last=False)
            return parsed

    def _anew(self, files: Mapping[str, bytes]) -> Parsed:
        """What files say; the templates of letters say nothing of a process, so others may have said it."""
        drawn = {name: content for name, content in files.items() if not name.endswith(LETTER)}
        digest = digest_of(drawn)
        if digest not in self._parsed:
            self._parsed[digest] = _parse(drawn)
        return self._parsed[digest]


_CONTENT = ContentCache()


class DefinitionCache:
    """Definitions by key. They never change, so nothing in it goes stale."""

    def __init__(self) -> None:
        self._definitions: OrderedDict[int, Definition] = OrderedDict()
        self._guard = threading.Lock()

    def get(self, connection: Connection, definition_key: int) -> Definition:
        """The definition of this key, parsed.

        Raises:
            NotFound: there is none.
        """
        known = self._definitions.get(definition_key)
        if known is None:
            known = _read_definition(connection, definition_key)
            with self._guard:
                self._definitions[definition_key] = known
                if len(self._definitions) > _DEFINITIONS_CACHED:
                    self._definitions.popitem(last=False)
        return known


def _read_definition(connection: Connection, definition_key: int) -> Definition:
    row = connection.execute(_BY_KEY, {"key": definition_key}).one_or_none()
    if row is None:
        raise NotFound(f"There is no process definition {definition_key}.")
    parsed = _CONTENT.get(row.digest, lambda: files_of(connection, row.deployment_key))
    deployed = Deployed(row.deployment_key, parsed.bundle, parsed.forms)
    return Definition(definition_key, row.process_id, row.name, row.version, deployed)


def latest(connection: Connection, authority: str, process_id: str) -> int:
    """Key of the newest version of a process.

    Raises:
        NotFound: it was never deployed.
    """
    key = connection.execute(_LATEST, {"authority": authority, "process": process_id}).scalar()
    if key is None:
        raise NotFound(f"No process {process_id} is deployed. Run: ehc deploy bpmn/{process_id}.bpmn")
    return int(key)


@dataclass(frozen=True)
class Deployer:
    """Who deploys and why, and which losses against what is deployed they accept, by their ids."""

    name: str
    membership_key: int | None = None
    organisation: str | None = None
    reason: str | None = None
    accepted: Sequence[str] = ()


def deploy(
    engine: Engine, authority: str, files: Mapping[str, bytes], *, by: str | Deployer, dry_run: bool = False
) -> Deployment:
    """Check files, compare them with what is deployed, and make them the newest version.

    Files of the newest deployment that aren't given again are taken over, so that one changed diagram can
    be deployed alone. Content that was deployed before becomes the newest again without being stored twice.
    Running instances stay on the version they were started on.

    Raises:
        DeploymentRefused: with every finding, or with every loss that isn't accepted.
    """
    deployer = by if isinstance(by, Deployer) else Deployer(by)
    check_files(files)
    with engine.database.read() as connection:
        whole = completed(connection, authority, files)
    parsed_files(whole)  # what takes long is done before others have to wait
    with engine.database.write() as connection:
        connection.execute(_LOCK_AUTHORITY, {"authority": authority})
        before = newest_files(connection, authority)
        whole = {**before, **files}
        digest = digest_of(whole)
        parsed = parsed_files(whole)
        of_authority = findings_of_authority(engine, connection, authority, whole)
        _refuse(of_authority)
        findings = tuple(dict.fromkeys([*parsed.findings, *of_authority]))
        known = connection.execute(_BY_DIGEST, {"authority": authority, "digest": digest}).scalar()
        if dry_run or (known is not None and known == newest_deployment(connection, authority)):
            return Deployment(known, digest, known is None, {}, findings)
        _refuse_losses(engine, before, whole, deployer)
        key = known or _store(engine, connection, authority, whole, digest, deployer.name)
        processes = _define(connection, authority, key, parsed.bundle)
        _note_act(engine, connection, authority, key, deployer)
        ladder_changes.follow(engine, connection, authority, before, whole)
        engine.letterheads.forget(authority)
        if before:  # the first one changes nothing: it is what the authority begins with
            actor = Actor(deployer.membership_key, deployer.organisation)
            facts = {"deployment": key, "digest": digest, "accepted": sorted(deployer.accepted)}
            record_by(connection, engine, authority, actor, Event.DEPLOYMENT_MADE, **facts)
    with engine.database.read() as connection:
        engine.letters.of_deployment(connection, key)  # now, not under the lock of the first case
    return Deployment(key, digest, known is None, processes, findings)


def parsed_files(files: Mapping[str, bytes]) -> Parsed:
    """What the files of a whole deployment say; parsed once.

    Raises:
        DeploymentRefused: they have errors.
    """
    return _CONTENT.get(digest_of(files), lambda: files)


def findings_of_authority(
    engine: Engine, connection: Connection, authority: str, files: Mapping[str, bytes]
) -> list[Finding]:
    """What is wrong with the ladder and letters of a deployment, beside what the authority has already."""
    return [
        *ladder_changes.ladder_findings(engine, connection, authority, files),
        *letters_stand(files, engine.letters.shipped().sources),
    ]


def _refuse(findings: Sequence[Finding]) -> None:
    """A ladder that names what the authority hasn't is refused, and letters that couldn't be sent.

    Raises:
        DeploymentRefused: with all that is wrong with them.
    """
    if any(finding.severity == "error" for finding in findings):
        raise DeploymentRefused(findings)


def _refuse_losses(
    engine: Engine, before: Mapping[str, bytes], whole: Mapping[str, bytes], deployer: Deployer
) -> None:
    """What would be lost against what is deployed is refused unless it is accepted, with a reason.

    Raises:
        DeploymentRefused: with every loss that isn't.
    """
    if not before:
        return
    losses = [*compare(before, whole).losses, *ladder_changes.lost_by_ladder(engine, before, whole)]
    lost = [finding_of(loss) for loss in losses if loss.id not in deployer.accepted]
    if lost:
        raise DeploymentRefused(lost)


def finding_of(loss: Loss) -> Finding:
    """A loss as a finding that refuses the deployment; its remedy names the id to accept it by."""
    remedy = f"{loss.remedy} Its id: {loss.id}"
    return Finding(loss.file, loss.element_id, "error", loss.rule, loss.text, remedy)


def _note_act(
    engine: Engine, connection: Connection, authority: str, deployment_key: int, deployer: Deployer
) -> None:
    values = {
        "authority": authority,
        "deployment_key": deployment_key,
        "membership_key": deployer.membership_key,
        "deployed_by": deployer.name,
        "deployed_at": engine.clock.now(),
        "reason": deployer.reason,
        "accepted_losses": sorted(deployer.accepted),
    }
    connection.execute(insert(deployment_act), values)


def newest_files(connection: Connection, authority: str) -> dict[str, bytes]:
    """The files of the newest deployment by name; none where nothing is deployed."""
    newest = newest_deployment(connection, authority)
    return files_of(connection, newest) if newest is not None else {}


def read_folder(folder: Path) -> dict[str, bytes]:
    """The deployable files of a folder, by name."""
    paths = sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES)
    return {path.name: path.read_bytes() for path in paths}


def digest_of(files: Mapping[str, bytes]) -> str:
    """What identifies a deployment: a hash over names and contents."""
    whole = hashlib.sha256()
    for name in sorted(files):
        whole.update(f"{name}\0{len(files[name])}\0".encode())
        whole.update(files[name])
    return whole.hexdigest()


def check_files(files: Mapping[str, bytes]) -> None:
    """See to it that there are files of the kinds and sizes that a deployment takes.

    Raises:
        BadInput: there are none, or one is too large or of another kind.
    """
    if not files:
        raise BadInput("There is nothing to deploy: name at least one .bpmn, .dmn or .form file.")
    for name, content in files.items():
        if len(content) > LARGEST_FILE:
            megabytes = len(content) / 1_000_000
            raise BadInput(f"{name} has {megabytes:.0f} MB; a file may have {LARGEST_FILE // 1_000_000} MB.")
        if Path(name).suffix not in SUFFIXES:
            raise BadInput(
                f"{name} is neither a diagram (.bpmn), a decision (.dmn), a form (.form), nor the template"
                " of a letter (.html) or message (.txt)."
            )


def _store(
    engine: Engine, connection: Connection, authority: str, files: Mapping[str, bytes], digest: str, by: str
) -> int:
    now = engine.clock.now()
    values = {"authority": authority, "digest": digest, "name": f"{len(files)} files", "created_at": now}
    key = connection.execute(_NEW_DEPLOYMENT, {**values, "created_by": by}).scalar_one()
    rows: list[dict[str, Any]] = [
        {
            "deployment_key": key,
            "name": name,
            "digest": hashlib.sha256(content).hexdigest(),
            "content": content,
        }
        for name, content in files.items()
    ]
    connection.execute(insert(tables.deployment_resource), rows)
    return int(key)


def _define(connection: Connection, authority: str, deployment_key: int, bundle: Bundle) -> dict[str, int]:
    made = {}
    for process in bundle.processes.values():
        before = connection.execute(
            _NEWEST_VERSION, {"authority": authority, "process": process.id}
        ).scalar_one()
        values = {
            "authority": authority,
            "deployment_key": deployment_key,
            "process_id": process.id,
            "name": process.name or process.id,
            "version": (before or 0) + 1,
            "version_tag": process.version_tag,
        }
        made[process.id] = int(connection.execute(_NEW_DEFINITION, values).scalar_one())
    return made


def newest_deployment(connection: Connection, authority: str) -> int | None:
    """The deployment that new cases start on: the one that made the newest version of a process."""
    found: int | None = connection.execute(_NEWEST, {"authority": authority}).scalar()
    return found


def completed(connection: Connection, authority: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Files with those of the newest deployment that aren't among them."""
    return {**newest_files(connection, authority), **files}


def files_of(connection: Connection, deployment_key: int) -> dict[str, bytes]:
    """The files of a deployment by name."""
    rows = connection.execute(_RESOURCES, {"deployment": deployment_key}).all()
    return {row.name: bytes(row.content) for row in rows}


def _parse(files: Mapping[str, bytes]) -> Parsed:
    findings = lint(files, functions=FUNCTIONS)
    if any(finding.severity == "error" for finding in findings):
        raise DeploymentRefused(findings)
    diagrams = {name: content for name, content in files.items() if not name.endswith(".form")}
    forms = [read_form(content, name) for name, content in files.items() if name.endswith(".form")]
    try:
        bundle = read_bundle(diagrams, functions=FUNCTIONS)
    except DiagramRefused as refused:  # there is no diagram, neither here nor deployed
        raise DeploymentRefused(refused.findings) from None
    return Parsed(tuple(findings), bundle, {form.id: form for form in forms})


_definition = tables.process_definition
_BY_KEY = (
    select(_definition, tables.deployment.c.digest)
    .join(tables.deployment, tables.deployment.c.key == _definition.c.deployment_key)
    .where(_definition.c.key == bindparam("key"))
)
_LATEST = (
    select(_definition.c.key)
    .where(
        _definition.c.authority == bindparam("authority"), _definition.c.process_id == bindparam("process")
    )
    .order_by(_definition.c.version.desc())
    .limit(1)
)
_NEWEST_VERSION = select(func.max(_definition.c.version)).where(
    _definition.c.authority == bindparam("authority"), _definition.c.process_id == bindparam("process")
)
_NEW_DEFINITION = insert(_definition).returning(_definition.c.key)
_BY_DIGEST = select(tables.deployment.c.key).where(
    tables.deployment.c.authority == bindparam("authority"), tables.deployment.c.digest == bindparam("digest")
)
_NEWEST = (
    select(_definition.c.deployment_key)
    .where(_definition.c.authority == bindparam("authority"))
    .order_by(_definition.c.key.desc())
    .limit(1)
)
_LOCK_AUTHORITY = (
    select(tables.authority.c.code)
    .where(tables.authority.c.code == bindparam("authority"))
    .with_for_update(key_share=True)
)
_NEW_DEPLOYMENT = insert(tables.deployment).returning(tables.deployment.c.key)
_RESOURCES = select(tables.deployment_resource).where(
    tables.deployment_resource.c.deployment_key == bindparam("deployment")
)
