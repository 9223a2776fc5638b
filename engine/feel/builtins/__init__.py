"""The functions of the standard, by family, and the few that come from elsewhere."""

from engine.feel.builtins.camunda import CAMUNDA
from engine.feel.builtins.contexts import CONTEXTS
from engine.feel.builtins.conversion import CONVERSION
from engine.feel.builtins.days import DAYS
from engine.feel.builtins.lists import LISTS
from engine.feel.builtins.logic import LOGIC
from engine.feel.builtins.numeric import NUMERIC
from engine.feel.builtins.ranges import RANGES
from engine.feel.builtins.statistics import STATISTICS
from engine.feel.builtins.text import TEXT
from engine.feel.functions import Functions

STANDARD = Functions([*CONVERSION, *LOGIC, *TEXT, *LISTS, *STATISTICS, *NUMERIC, *DAYS, *CONTEXTS, *RANGES])
"""What DMN 1.5 defines, and nothing else."""

BUILTINS = Functions([*STANDARD.values(), *CAMUNDA])
"""The standard's functions and those that Camunda's editor offers and people use."""

__all__ = ["BUILTINS", "STANDARD"]
