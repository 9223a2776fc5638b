"""Alembic's scripts: the schema is the sum of these."""
