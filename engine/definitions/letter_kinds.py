"""What the templates of letters are given, by what the vocabulary says of each kind."""

from __future__ import annotations

from engine.definitions.vocabulary import LetterKind
from engine.letters import Needs


def needs_of(kind: LetterKind) -> Needs:
    """What letters of a kind are about: what they must carry, and which days they are given."""
    return Needs(
        appealable=kind.appeal is not None, answers=kind.answer is not None, decides=kind.decide is not None
    )
