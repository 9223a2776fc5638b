"""The machine in general terms: what a reader needs to judge figures, and nothing that names it."""

from __future__ import annotations

import os
import platform
import sqlite3
from datetime import UTC, datetime
from importlib.metadata import version


def describe() -> str:
    """One paragraph: day, processors and how busy they were, Python and libraries."""
    load, _, _ = os.getloadavg()
    return (
        f"Measured on {datetime.now(UTC).date().isoformat()}: {platform.system()} on {platform.machine()},"
        f" {os.cpu_count()} processors with a load of {load:.1f} when the run ended,"
        f" Python {platform.python_version()}, SpiffWorkflow {version('SpiffWorkflow')},"
        f" SQLAlchemy {version('SQLAlchemy')}, SQLite {sqlite3.sqlite_version},"
        f" psycopg {version('psycopg')}, PostgreSQL 18."
    )
