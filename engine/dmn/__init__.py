"""DMN: decision tables, requirement graphs and boxed expressions over FEEL."""

from engine.dmn.caller import Given
from engine.dmn.model import (
    DecisionInfo,
    DecisionResult,
    MatchedRule,
    Model,
    read_model,
)
from engine.dmn.problems import ModelProblem, ModelRefused, UnknownDecision
from engine.dmn.together import read_models

__all__ = [
    "DecisionInfo",
    "DecisionResult",
    "Given",
    "MatchedRule",
    "Model",
    "ModelProblem",
    "ModelRefused",
    "UnknownDecision",
    "read_model",
    "read_models",
]
