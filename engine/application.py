"""The engine as one value: database, clock, law and what is cached of the definitions."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.calendar import Calendar, CalendarRefused, Correction, WorkingHours, read_hours
from engine.clock import Clock, SystemClock
from engine.config import Settings
from engine.errors import SetupError
from engine.files import FileFolder, Scanner
from engine.law import Statute, statute
from engine.letters.printing import Choice, choose
from engine.meters import Meters
from engine.store import tables
from engine.store.database import Database

if TYPE_CHECKING:
    from engine.services.escalations.ladders import Ladders
    from engine.services.escalations.staff import StaffKnown
    from engine.services.messages.wordings import Templates
    from engine.services.notices.contacts import Letterheads
    from engine.services.notices.letter_templates import LetterTemplates
    from engine.services.processes.definitions import DefinitionCache
    from engine.services.sign_in.provider_talk import ProviderTalk
    from engine.services.sign_in.providers import Provider
    from engine.services.sign_in.rate_limits import RateLimits
    from engine.services.sign_in.vault import Vault
    from engine.services.webhooks.webhook_events import Subscriptions


_CALENDAR_IS_FRESH = timedelta(minutes=1)


@dataclass(frozen=True)
class _Known:
    """An authority's calendar, when it was read, and in which transaction if many steps share one."""

    at: datetime
    calendar: Calendar
    read_within: object | None


class Engine:
    """Handed to every service. Holds nothing of a case: the database is the truth."""

    def __init__(
        self, database: Database, clock: Clock, settings: Settings, *, law: Statute | None = None
    ) -> None:
        from engine.services.escalations.ladders import Ladders
        from engine.services.escalations.staff import StaffKnown
        from engine.services.messages.wordings import FOLDER, Templates
        from engine.services.notices.contacts import Letterheads
        from engine.services.notices.letter_templates import NOTICES, LetterTemplates
        from engine.services.processes.definitions import DefinitionCache
        from engine.services.sign_in.rate_limits import RateLimits
        from engine.services.webhooks.webhook_events import Subscriptions

        self.database = database
        self.clock = clock
        self.settings = settings
        self.statute = law or statute()
        self.definitions: DefinitionCache = DefinitionCache()
        self.letterheads: Letterheads = Letterheads()
        self.subscriptions: Subscriptions = Subscriptions()
        self.ladders: Ladders = Ladders(settings.bpmn_folder)
        self.staff: StaffKnown = StaffKnown()
        self.meters = Meters()
        self.rate_limits: RateLimits = RateLimits(
            database, clock, requests=settings.requests_a_minute, sign_ins=settings.sign_ins_a_minute
        )
        self.letters: LetterTemplates = LetterTemplates(settings.bpmn_folder / NOTICES)
        self.wordings: Templates = Templates(settings.bpmn_folder / FOLDER)
        self.provider_talks: dict[str, ProviderTalk] = {}
        self._calendars: dict[str, _Known] = {}
        self.files = FileFolder(settings.files_folder)
        #: None: nobody looks for viruses here.
        self.scanner = Scanner(settings.files.scanner) if settings.files.scanner else None

        self._calendar_guard = threading.Lock()

    @cached_property
    def working_hours(self) -> WorkingHours:
        """When people are at work.

        Raises:
            SetupError: the setting can't be read.
        """
        try:
            return read_hours(self.settings.working_hours, "EHC_WORKING_HOURS")
        except CalendarRefused as refused:
            raise SetupError(str(refused)) from refused

    @cached_property
    def letter_maker(self) -> Choice:
        """What makes PDFs of letters here; looked for once."""
        return choose(self.settings.chromium)

    @cached_property
    def vault(self) -> Vault:
        """The installation's key. An embedded database has one in a file beside it.

        Raises:
            SetupError: there is no key.
        """
        from engine.services.sign_in.vault import vault_of

        return vault_of(self.settings.secret_key, self.database.folder)

    @cached_property
    def providers(self) -> dict[str, Provider]:
        """The OpenID providers at which people may sign in, by name.

        Raises:
            SetupError: their description can't be read.
        """
        from engine.services.sign_in.providers import read_providers

        return read_providers(self.settings.providers)

    @classmethod
    def open(cls, settings: Settings | None = None, *, clock: Clock | None = None) -> Engine:
        """The engine on the database that the settings name; its schema must be current."""
        from engine.store.migrate import require_current

        settings = settings or Settings.from_environment()
        database = Database(settings.database_url)
        require_current(database)
        return cls(database, clock or SystemClock(), settings)

    def calendar(self, authority: str) -> Calendar:
        """England's calendar with this authority's corrections.

        Another process may have corrected it: what is older than a minute is read again, unless it was read
        in this very transaction.
        """
        now = self.clock.now()
        with self._calendar_guard:
            known = self._calendars.get(authority)
        if known is not None and self._is_fresh(known, now):
            return known.calendar
        return self._load_calendar(authority, now)

    def forget_calendar(self, authority: str) -> None:
        """To be called after a correction is committed."""
        with self._calendar_guard:
            self._calendars.pop(authority, None)

    def close(self) -> None:
        """Give back the database's connections."""
        self.database.close()

    def _is_fresh(self, known: _Known, now: datetime) -> bool:
        if known.read_within is not None and known.read_within is self.database.joins:
            return True
        return abs(now - known.at) < _CALENDAR_IS_FRESH  # a clock may be put back

    def _load_calendar(self, authority: str, now: datetime) -> Calendar:
        table = tables.calendar_correction
        with self.database.read() as connection:
            rows = connection.execute(select(table).where(table.c.authority == authority)).all()
        corrections = [Correction(row.day, row.is_holiday, row.reason) for row in rows]
        calendar = Calendar.england(corrections)
        with self._calendar_guard:
            self._calendars[authority] = _Known(now, calendar, self.database.joins)
        return calendar
