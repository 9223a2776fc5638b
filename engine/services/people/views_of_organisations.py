"""What services answer about organisations, people and who belongs where."""

from __future__ import annotations

from datetime import date

from engine.services.views import View


class OrganisationView(View):
    """An organisation, or a team of one (`parent_key`); `valid_to` is its last day."""

    key: str
    code: str
    name: str
    kind: str
    urn: str | None
    setting_type: str | None
    parent_key: str | None
    valid_from: date | None
    valid_to: date | None
    version: int


class PersonView(View):
    """Somebody who is, was or will be a member of something."""

    key: str
    name: str
    email: str | None
    version: int


class MembershipView(View):
    """That a person belongs to an organisation in a role, from one day to another; both days count."""

    key: str
    person_key: str
    person: str
    organisation_key: str
    organisation: str
    role: str
    valid_from: date
    valid_to: date | None
    version: int


class EndedMembershipView(View):
    """A membership that was ended, how many tasks went back to their groups, and whose officer is missing.

    `officer_of` holds the keys of the open cases whose named officer leaves: they need another.
    """

    membership: MembershipView
    tasks_given_back: int
    officer_of: list[str]


class SettingView(View):
    """A setting as the national register has it; `successors` took its place."""

    urn: str
    name: str
    area: str
    establishment_number: str | None
    ukprn: str | None
    kind: str
    phase: str | None
    status: str
    opened_on: date | None
    closed_on: date | None
    postcode: str | None
    special_needs: list[str]
    successors: list[str]


class SettingRowView(View):
    """What became of a line of the register: `added`, `changed` or `refused`, and in what or why."""

    line: int
    urn: str
    outcome: str
    details: str


class SettingsImportView(View):
    """What reading the register did, or would do; rows that say what is known already are only counted."""

    dry_run: bool
    added: int
    changed: int
    same: int
    refused: int
    rows: list[SettingRowView]
    rows_left_out: int
