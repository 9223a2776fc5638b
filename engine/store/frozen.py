"""What was issued can't be changed: the database itself refuses it, whoever asks.

A plan changes only by a new version (regulations 22 and 28), so the row of a version that was issued, or
given up, never changes again. The migration runs these, and so does whoever makes the tables directly.
"""

from __future__ import annotations

#: Dialect -> the statements that put the guard in place.
FREEZE = {
    "sqlite": [
        """CREATE TRIGGER plan_version_is_frozen BEFORE UPDATE ON plan_version
        WHEN OLD.state <> 'draft'
        BEGIN SELECT RAISE(ABORT, 'a plan version that was issued cannot be changed'); END""",
    ],
    "postgresql": [
        """CREATE FUNCTION refuse_change_of_plan_version() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'a plan version that was issued cannot be changed'; END $$""",
        """CREATE TRIGGER plan_version_is_frozen BEFORE UPDATE ON plan_version
        FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION refuse_change_of_plan_version()""",
    ],
}
#: Dialect -> the statements that take it away.
THAW = {
    "sqlite": ["DROP TRIGGER plan_version_is_frozen"],
    "postgresql": [
        "DROP TRIGGER plan_version_is_frozen ON plan_version",
        "DROP FUNCTION refuse_change_of_plan_version()",
    ],
}
