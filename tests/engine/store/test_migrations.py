"""A schema that isn't this release's is refused in a sentence, and never touched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, inspect, select, text

from engine.errors import SetupError
from engine.store import migrate, tables
from engine.store.database import Database

#: The newest migration of this release.
HEAD = migrate.newest()


@pytest.fixture
def empty(empty_database_url: str) -> Iterator[Database]:
    opened = Database(empty_database_url)
    yield opened
    opened.close()


def stands_at(database: Database, revision: str) -> None:
    with database.write() as connection:
        connection.execute(text("update alembic_version set version_num = :it"), {"it": revision})


def names(database: Database) -> list[str]:
    with database.read() as connection:
        return inspect(connection).get_table_names()


def test_up_down_and_up_again_keeps_nothing_and_works(empty: Database) -> None:
    head = migrate.upgrade(empty)
    migrate.require_current(empty)
    with empty.write() as connection:
        connection.execute(insert(tables.authority).values(code="333", name="Gone soon"))
    migrate.downgrade(empty, "base")
    assert names(empty) == ["alembic_version"]
    assert migrate.upgrade(empty) == head
    with empty.read() as connection:
        assert connection.execute(select(tables.authority)).all() == []


def test_an_upgrade_of_what_is_current_changes_nothing(database: Database) -> None:
    before = migrate.current(database)
    assert migrate.upgrade(database) == before


def test_an_empty_database_says_what_to_run(empty: Database) -> None:
    with pytest.raises(SetupError, match=r"empty\. Run: ehc db upgrade"):
        migrate.require_current(empty)


def test_a_database_from_a_newer_release_is_refused_and_stays(database: Database) -> None:
    stands_at(database, "9999_from_next_year")
    before = names(database)
    for attempt in (migrate.require_current, migrate.upgrade):
        with pytest.raises(SetupError) as refused:
            attempt(database)
        assert "9999_from_next_year" in refused.value.message
        assert "newer" in refused.value.message
        assert "Install that release" in refused.value.message
    assert names(database) == before
    assert migrate.current(database) == "9999_from_next_year"
    stands_at(database, HEAD)


def test_an_older_database_says_what_to_run(
    database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The next release, made of this one's migrations and one more that it can't find time for."""
    scripts = tmp_path / "migrations"
    _copy_with_one_more(scripts)
    monkeypatch.setattr(migrate, "_SCRIPTS", scripts)
    with pytest.raises(SetupError, match=rf"stands at {HEAD}; this release needs 9000\. Run: ehc db upgrade"):
        migrate.require_current(database)


def test_a_migration_that_fails_leaves_no_trace(
    database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scripts = tmp_path / "migrations"
    _copy_with_one_more(
        scripts, "op.create_table('half', sa.Column('key', sa.Integer()))\n    op.execute('nonsense')"
    )
    monkeypatch.setattr(migrate, "_SCRIPTS", scripts)
    with pytest.raises(SetupError, match="can't be upgraded"):
        migrate.upgrade(database)
    assert "half" not in names(database)
    assert migrate.current(database) == HEAD


def test_the_address_of_a_database_that_isnt_there_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "ehc.db").write_text("This is a letter, and no database at all. " * 100)
    database = Database(f"sqlite:///{tmp_path / 'ehc.db'}")
    with pytest.raises(SetupError, match=r"can't be opened: .* Check EHC_DATABASE_URL"):
        migrate.require_current(database)
    database.close()
    with pytest.raises(SetupError, match="can't be upgraded"):
        migrate.upgrade(f"sqlite:///{tmp_path / 'ehc.db'}")


def _copy_with_one_more(scripts: Path, upgrade: str = "pass") -> None:
    ours = Path(migrate.__file__).parent / "migrations"
    (scripts / "versions").mkdir(parents=True)
    for path in (ours / "env.py", *(ours / "versions").glob("*.py")):
        (scripts / path.relative_to(ours)).write_text(path.read_text())
    (scripts / "versions" / "9000_one_more.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n\n"
        f"revision = '9000'\ndown_revision = '{HEAD}'\nbranch_labels = None\ndepends_on = None\n\n"
        f"def upgrade() -> None:\n    {upgrade}\n\ndef downgrade() -> None:\n    pass\n"
    )
