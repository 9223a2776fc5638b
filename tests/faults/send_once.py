"""A sender in a process of its own, for tests that kill it: sends what is due at an instant, then ends.

python -m tests.faults.send_once INSTANT
"""

from __future__ import annotations

import sys
from datetime import datetime

from engine.application import Engine
from engine.clock import SteppedClock
from engine.config import Settings
from engine.store.database import Database
from notifications.sender import Sender

if __name__ == "__main__":
    settings = Settings.from_environment()
    clock = SteppedClock(datetime.fromisoformat(sys.argv[1]))
    engine = Engine(Database(settings.database_url, durable=False), clock, settings)
    Sender(engine).send_due()
    engine.close()
