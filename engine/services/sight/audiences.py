"""Who is meant by the words of a document's audience, and from whom a document is hidden."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.errors import BadInput
from engine.services.permissions import ROLES
from engine.services.principals import SEND_TEAM, Principal
from engine.services.sight import sight

#: Words that stand for somebody whatever the case: see docs/forms.md.
WORDS = ("family", SEND_TEAM, "agency", "setting", "advisers", "icb", "quality")
FAMILY = "family"
#: Of whole documents: every agency on which the family has agreed (engine.services.sight.consents).
AGREED = "agreed"
_OF_A_ROLE = "role:"
_OF_THE_FAMILY = "family:"
_ADVISING_ROLES = frozenset({"professional", "service_manager", "dco", "dsco"})


def words_of(principal: Principal, organisation: str) -> frozenset[str]:
    """The words of an audience that mean a principal, for a document of this organisation.

    That the principal sees the case at all must have been checked before.
    """
    words = {principal.organisation, _OF_A_ROLE + principal.role}
    if principal.organisation == organisation:
        words.add("agency")
    if principal.organisation.startswith("urn:"):
        words.add("setting")
    elif principal.role in _ADVISING_ROLES and not principal.of_send_team:
        words.add("advisers")
    if principal.role == "quality_assurer":
        words.add("quality")
    return frozenset(words)


def may_see(
    principal: Principal,
    organisation: str,
    audience: Any,
    hidden_from: Iterable[str],
    word: str | None = None,
) -> bool:
    """Whether a principal is among those who may see a document of a case that it sees.

    Args:
        organisation: whose document it is.
        audience: the words, or for a form's answers the words of each field.
        hidden_from: organisations that never see it, whatever the audience says.
        word: what the family says today of the agency's sight of documents. "refused" leaves it its own.
    """
    if sight.sees_whole_cases(principal):
        return True
    if principal.organisation in hidden_from:
        return False
    if word == "refused" and principal.organisation != organisation:
        return False
    words = words_of(principal, organisation) | ({AGREED} if word == "given" else set())
    if isinstance(audience, Mapping):
        return any(words & set(of_field) for of_field in audience.values())
    return bool(words & set(audience))


def visible_answers(
    principal: Principal, organisation: str, audience: Mapping[str, list[str]], answers: Mapping[str, Any]
) -> dict[str, Any]:
    """Of the answers to a form, those whose audience means the principal."""
    if sight.sees_whole_cases(principal):
        return dict(answers)
    words = words_of(principal, organisation)
    return {name: value for name, value in answers.items() if words & set(audience.get(name, ()))}


def checked_audience(words: Iterable[str]) -> list[str]:
    """The words of an audience, sorted.

    Always among them are the SEND team, which works for the whole case, and whose the document is.

    Raises:
        BadInput: one is neither a word that is known, a role nor an organisation's code.
    """
    found = {word.strip() for word in words} | {SEND_TEAM, "agency"}
    for word in found:
        role = word.removeprefix(_OF_A_ROLE)
        if word.startswith(_OF_A_ROLE) and role not in ROLES:
            raise BadInput.field("audience", f"There is no role {role}. Roles are: {', '.join(ROLES)}.")
    return sorted(found)


def checked_hidden(codes: Iterable[str]) -> list[str]:
    """From whom something is hidden, sorted.

    Raises:
        BadInput: the SEND team is named, which works for the whole case.
    """
    found = sorted(set(codes))
    if SEND_TEAM in found:
        raise BadInput.field("hiddenFrom", "Nothing of a case is hidden from its SEND team.")
    return found


def hidden_from_member(hidden_from: Iterable[str], member_key: int) -> bool:
    """Whether a document is hidden from this member of the family."""
    return f"{_OF_THE_FAMILY}{member_key}" in hidden_from
