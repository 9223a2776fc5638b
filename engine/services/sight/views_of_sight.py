"""What services answer of sight: consents, restrictions, agreements, and who has opened what."""

from __future__ import annotations

from datetime import date, datetime

from engine.services.views import View


class ConsentView(View):
    """A family's word on what one agency may see. `in_force`: it counts today, and none is newer."""

    key: str
    organisation: str
    decision: str
    covers: list[str]
    given_by: str
    from_on: date
    to_on: date | None
    recorded_at: datetime
    withdrawn_on: date | None
    withdrawn_by: str | None
    in_force: bool


class NamedView(View):
    """Somebody who still sees a restricted case."""

    membership_key: str
    person: str | None
    role: str | None
    organisation: str | None


class RestrictionView(View):
    """Whether a case is restricted, why, and who still sees it."""

    case_key: str
    restricted: bool
    reason: str | None
    restricted_at: datetime | None
    members: list[NamedView]


class AgreementView(View):
    """That the members of a setting which another authority keeps may work on this one's cases."""

    key: str
    authority: str
    kept_by: str
    urn: str
    from_on: date
    to_on: date | None
    in_force: bool


class AccessView(View):
    """One opening of something of a case. `person` is None where another authority keeps them."""

    key: str
    opened_at: datetime
    what: str
    subject_key: str | None
    person: str | None
    role: str
    organisation: str
    organisation_name: str


class ReaderView(View):
    """What people of one role in one organisation have opened of a case."""

    organisation_name: str
    role: str
    what: list[str]
    times: int
    first_at: datetime
    last_at: datetime
