"""Answers to tasks: the example that a form gives, or what somebody says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from engine.forms import Form
from engine.spiff import OpenTask


class Answers:
    """Answers tasks out of the forms of a trial."""

    def __init__(self, forms: Mapping[str, Form]) -> None:
        self._forms = forms

    def example(self, task: OpenTask, now: datetime, variables: Mapping[str, object]) -> dict[str, object]:
        """The example answer of the task's form; nothing if it has no form."""
        form = self._forms.get(task.form_id)
        return {} if form is None else self._seen(form, form.example(now, variables), now, variables)

    def given(
        self, task: OpenTask, answers: Mapping[str, object], now: datetime, variables: Mapping[str, object]
    ) -> dict[str, object]:
        """What somebody says, with dates as dates where the form knows them."""
        form = self._forms.get(task.form_id)
        if form is None:
            return dict(answers)
        try:
            return {**answers, **self._seen(form, answers, now, variables)}
        except (ValueError, TypeError):
            return dict(answers)

    @staticmethod
    def _seen(
        form: Form, answers: Mapping[str, object], now: datetime, variables: Mapping[str, object]
    ) -> dict[str, object]:
        """What the process sees; all of it where a form doesn't say of any field who may see it."""
        checked = form.check(answers, now, variables)
        cleaned = checked.answers if not checked.problems else answers
        return form.process_variables(cleaned) if _says_who_sees(form) else dict(cleaned)


def _says_who_sees(form: Form) -> bool:
    fields = [each for field in form.fields for each in field.walk()]
    return any(each.component.own("process") or each.component.own("audience") for each in fields)
