"""One case of a replay: what its line says about each task that comes up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from engine.plans.ages import age_on
from engine.plans.school_years import school_year_of, year_group_on
from engine.replay.recording import Line, RecordedPlan, RecordedRequest, Step
from engine.services.cases.cases import ChildFacts, NewChild, RequestForAssessment
from engine.services.imports.plan_arrivals import LastReview, PlanFromElsewhere

#: School years begin on 1 September; a child in year 1 turns six in it.
_SCHOOL_YEAR_BEGINS = (9, 1)
_AGE_IN_YEAR_0 = 5


class CasePlay:
    """A line of the recording, once its request has been received on a day."""

    def __init__(self, line: Line, received_on: date, usual: Mapping[str, Step]) -> None:
        self.line = line
        self.received_on = received_on
        self.key = ""
        #: What a form's example may look at: the case as it was when the request was received.
        self.variables: dict[str, object] = _variables(line.case, received_on)
        self._usual = usual
        self._times: Counter[str] = Counter()

    @property
    def recorded(self) -> RecordedRequest | RecordedPlan:
        """What the line says."""
        return self.line.case

    def day(self, of_case: int) -> date:
        """A day of the case as a date."""
        return self.received_on + timedelta(days=of_case)

    def year_group(self, on: date) -> int:
        """The school year that the child is in on a day: it moves on each September."""
        return year_group_on(
            on, self.recorded.child.national_curriculum_year, school_year_of(self.received_on)
        )

    def step_for(self, element: str, occurrence: str, organisation: str) -> tuple[str, Step] | None:
        """How a task goes that has just come up, and under which name that is said; None: nobody does it."""
        names = tuple(_names(element, occurrence, organisation))
        work = self.recorded.work
        for name in names:
            if name in work:
                nth, steps = self._times[name], work[name]
                self._times[name] += 1
                if steps is None:
                    return None
                if nth < len(steps):
                    return _known(f"work.{name}[{nth}]", steps[nth])
                break
        return next(((f"usual.{name}", self._usual[name]) for name in names if name in self._usual), None)

    def request(self, recorded: RecordedRequest) -> RequestForAssessment:
        """The request as the engine takes it."""
        facts = recorded.facts
        return RequestForAssessment(
            child=self._child(),
            requested_by_role=recorded.requested_by.role,
            requested_by_name=recorded.requested_by.name,
            received_on=self.received_on,
            setting_urn=recorded.setting_urn,
            facts=ChildFacts(**{name: getattr(facts, name) for name in facts.__struct_fields__}),
        )

    def plan(self, recorded: RecordedPlan) -> PlanFromElsewhere:
        """The plan that is brought in as the engine takes it."""
        told = recorded.plan
        last = None
        if told.last_meeting_on is not None and told.last_decided_on is not None:
            last = LastReview(self.day(told.last_meeting_on), self.day(told.last_decided_on))
        return PlanFromElsewhere(
            child=self._child(),
            finalised_on=self.day(told.finalised_on),
            setting_urn=recorded.setting_urn,
            setting_type=told.setting_type,
            last_review=last,
            looked_after=told.looked_after,
            in_custody=told.in_custody,
            sections=told.sections,
        )

    def _child(self) -> NewChild:
        child = self.recorded.child
        return NewChild(
            given_name=child.given_name,
            family_name=child.family_name,
            date_of_birth=born_on(child.birthday, child.national_curriculum_year, self.received_on),
            national_curriculum_year=child.national_curriculum_year,
            upn=child.upn,
            nhs_number=child.nhs_number,
        )


def born_on(birthday: str, curriculum_year: int, on: date) -> date:
    """The date of birth of somebody who on a day is in this school year, from the birthday (MM-DD)."""
    month, day = (int(part) for part in birthday.split("-"))
    begun = on.year if (on.month, on.day) >= _SCHOOL_YEAR_BEGINS else on.year - 1
    turns_of_age_in = begun if (month, day) >= _SCHOOL_YEAR_BEGINS else begun + 1
    return date(turns_of_age_in - curriculum_year - _AGE_IN_YEAR_0, month, day)


def _variables(recorded: RecordedRequest | RecordedPlan, received_on: date) -> dict[str, object]:
    child = recorded.child
    born = born_on(child.birthday, child.national_curriculum_year, received_on)
    return {
        "requestedBy": recorded.requested_by.role if isinstance(recorded, RecordedRequest) else None,
        "nationalCurriculumYear": child.national_curriculum_year,
        "schoolYearBegins": school_year_of(received_on),
        "ageOnRequest": age_on(born, received_on),
        "settingUrn": recorded.setting_urn,
    }


def _known(where: str, step: Step | None) -> tuple[str, Step] | None:
    return None if step is None else (where, step)


def _names(element: str, occurrence: str, organisation: str) -> Iterator[str]:
    if occurrence:
        yield f"{element}:{occurrence}"
    yield f"{element}:{organisation}"
    yield element
