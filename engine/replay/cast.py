"""Who plays whom: the members of the authority's organisations, found by organisation and role."""

from __future__ import annotations

from collections.abc import Collection

from engine.application import Engine
from engine.services.principals import SEND_TEAM, Principal, members, principal_of

#: Who stands in when an organisation has nobody with the role that a task asks for.
_STAND_IN = "service_manager"
_OFFICER = "caseworker"
_MACHINE = "machine_client"


class NobodyThere(Exception):
    """No member fits; the words say who was looked for."""


class Cast:
    """The members of one authority as principals."""

    def __init__(self, engine: Engine, authority: str) -> None:
        keys = [member.membership_key for member in members(engine, authority)]
        with engine.database.read() as connection:
            self._principals = [principal_of(connection, key) for key in keys]
        self._found: dict[tuple[str, frozenset[str], str | None], Principal] = {}

    def has_organisation(self, code: str) -> bool:
        """Whether anybody belongs to an organisation of this code."""
        return any(principal.organisation == code for principal in self._principals)

    def has_person(self, name: str) -> bool:
        """Whether there is a member of this name anywhere."""
        return any(principal.person_name == name for principal in self._principals)

    def worker(self, organisation: str, roles: Collection[str], name: str | None = None) -> Principal:
        """Who works on a task of an organisation that is for these roles: the one named, else the first.

        Raises:
            NobodyThere: the organisation has nobody who may.
        """
        asked = (organisation, frozenset(roles), name)
        if asked not in self._found:
            self._found[asked] = self._search(organisation, roles, name)
        return self._found[asked]

    def officer(self, name: str | None) -> Principal:
        """The caseworker who has the case: the one named, else the first."""
        return self.worker(SEND_TEAM, [_OFFICER], name)

    def requester(self, organisation: str) -> Principal:
        """Who sends a request in for an organisation; for the SEND team its machine, if it has one.

        Raises:
            NobodyThere: the organisation has nobody who may.
        """
        found = [each for each in self._of(organisation) if "request:raise" in each.permissions]
        if not found:
            raise NobodyThere(f"Nobody of {organisation} may raise a request. Add a member who may.")
        machines = [each for each in found if each.role == _MACHINE]
        return (machines or found)[0]

    def keeper(self) -> Principal:
        """Who brings plans in: the SEND team's machine, if it has one, else the first who may.

        Raises:
            NobodyThere: nobody of the team may.
        """
        found = [each for each in self._of(SEND_TEAM) if "plan:bring_in" in each.permissions]
        if not found:
            raise NobodyThere("Nobody of send_team may bring in a plan. Add a member who may.")
        machines = [each for each in found if each.role == _MACHINE]
        return (machines or found)[0]

    def _search(self, organisation: str, roles: Collection[str], name: str | None) -> Principal:
        fitting = [each for each in self._of(organisation) if not roles or each.role in roles]
        fitting = fitting or [each for each in self._of(organisation) if each.role == _STAND_IN]
        named = [each for each in fitting if each.person_name == name]
        if not fitting or (name is not None and not named):
            wanted = f"{name}, {' or '.join(roles) or 'a member'}" if name else " or ".join(roles) or "member"
            raise NobodyThere(f"There is no {wanted} of {organisation}. Add one to the authority's members.")
        return (named or fitting)[0]

    def _of(self, organisation: str) -> list[Principal]:
        return [each for each in self._principals if each.organisation == organisation]
