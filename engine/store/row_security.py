"""PostgreSQL's own guard of rows: each table of case data gives a connection only the rows that it is for.

A connection says whom it is for in the setting `ehc.scope` (see `engine.store.scope`). Without it there is
nothing to see, and nothing can be written. The owner of the tables obeys too; only a superuser, and a role
with BYPASSRLS, doesn't: the service must run as neither.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, text

#: Tables without an authority of their own, and what leads to one: a column, and the table it refers to.
THROUGH: Mapping[str, tuple[str, str]] = {
    "audit_event": ("case_key", "ehc_case"),
    "deployment_resource": ("deployment_key", "deployment"),
    "idempotency": ("membership_key", "membership"),
    "token": ("membership_key", "membership"),
    "identity": ("account_key", "account"),
    "invitation": ("account_key", "account"),
    "recovery_code": ("account_key", "account"),
    "sign_in": ("account_key", "account"),
}
#: Tables that hold nothing of anybody: codes, and counts or digests without a name.
OPEN = frozenset({"alembic_version", "authority", "heard_message", "lock_out", "rate_limit"})

_NAME = "of_the_scope"
_SCOPE = "(SELECT current_setting('ehc.scope', true))"
_ALL = f"{_SCOPE} = '*'"
_OWN = "authority = ANY ((SELECT string_to_array(current_setting('ehc.scope', true), ','))::text[])"


def protect(connection: Connection) -> None:
    """Give every table of case data its policy, unless it has one. On SQLite there is nothing to do."""
    if connection.dialect.name != "postgresql":
        return
    quoted = connection.dialect.identifier_preparer.quote
    for table in connection.execute(_BARE).scalars().all():
        condition = _condition(connection, table)
        if condition is None:
            continue
        name = quoted(table)
        connection.execute(text(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"))
        connection.execute(text(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY"))
        connection.execute(
            text(f"CREATE POLICY {_NAME} ON {name} USING ({condition}) WITH CHECK ({condition})")
        )


def open_up(connection: Connection) -> None:
    """Take all policies away again."""
    if connection.dialect.name != "postgresql":
        return
    quoted = connection.dialect.identifier_preparer.quote
    for table in connection.execute(_GUARDED).scalars().all():
        connection.execute(text(f"DROP POLICY {_NAME} ON {quoted(table)}"))
        connection.execute(text(f"ALTER TABLE {quoted(table)} NO FORCE ROW LEVEL SECURITY"))
        connection.execute(text(f"ALTER TABLE {quoted(table)} DISABLE ROW LEVEL SECURITY"))


def is_bypassed(connection: Connection) -> bool:
    """Whether the role that is signed in sees all rows whatever the policies say."""
    return connection.dialect.name == "postgresql" and bool(connection.execute(_BYPASSES).scalar())


def _condition(connection: Connection, table: str) -> str | None:
    """What must hold of a row; None where a table needs no guard."""
    quoted = connection.dialect.identifier_preparer.quote
    if connection.execute(_HAS_AUTHORITY, {"table": table}).first() is not None:
        return f"{_OWN} OR {_ALL}"
    if table not in THROUGH:
        return None
    column, parent = THROUGH[table]
    row = f"{quoted(table)}.{quoted(column)}"
    return f"{_ALL} OR EXISTS (SELECT 1 FROM {quoted(parent)} WHERE {quoted(parent)}.key = {row})"  # noqa: S608 -- names of our own tables


_TABLES = """
SELECT c.relname FROM pg_class c
 WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND {guarded}
       EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'of_the_scope')
 ORDER BY c.relname
"""
_BARE = text(_TABLES.format(guarded="NOT"))
_GUARDED = text(_TABLES.format(guarded=""))
_HAS_AUTHORITY = text(
    "SELECT 1 FROM information_schema.columns"
    " WHERE table_schema = current_schema() AND table_name = :table AND column_name = 'authority'"
)
_BYPASSES = text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
