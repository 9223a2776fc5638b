"""Checks of forms that need to know more than the form itself."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions.known import Known
from engine.definitions.remarks import error, nearest
from engine.forms import Form
from engine.spiff.findings import Finding


def known_audiences(form: Form, known: Known) -> Iterator[Finding]:
    """An answer's audience is made of words we know; a misspelt one would hide the answer from somebody."""
    words = known.words.form_audiences()
    for component in (each for top in form.components for each in top.walk()):
        for word in (component.own("audience") or "").split():
            if word not in words:
                yield error(
                    "unknown-audience",
                    f"“{component.title}” may be seen by “{word}”, which is no audience we know.",
                    nearest(word, words, f"Use: {', '.join(words)}."),
                ).at(form.name, component.id)
