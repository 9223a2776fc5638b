"""The store: tables, their migrations, and transactions on SQLite and PostgreSQL."""
