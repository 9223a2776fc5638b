"""Trying a diagram in memory: a stepped clock, no database, nothing that anybody is told of."""

from engine.trial.files import TrialFiles, gather
from engine.trial.runner import Incident, Outcome, StepRefused, Trial
from engine.trial.steps import Step, StepsRefused, read_steps

__all__ = [
    "Incident",
    "Outcome",
    "Step",
    "StepRefused",
    "StepsRefused",
    "Trial",
    "TrialFiles",
    "gather",
    "read_steps",
]
