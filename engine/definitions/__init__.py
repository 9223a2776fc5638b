"""What a deployment is checked for above BPMN's own rules, and the words diagrams and forms may use."""

from engine.definitions.lint import lint
from engine.definitions.vocabulary import LetterKind, Vocabulary, vocabulary

__all__ = ["LetterKind", "Vocabulary", "lint", "vocabulary"]
