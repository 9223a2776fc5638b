"""What a deployment would change, in words: against the files that are deployed, element by element.

``compare`` also names what would be **lost**: limits that nobody would watch any more, event sub-processes,
escalations. The checks of a diagram can't see these: what isn't drawn any more has nothing wrong with it.
"""

from engine.definitions.comparing.changes import Change
from engine.definitions.comparing.compare import Comparison, FileChange, ProcessChange, compare
from engine.definitions.comparing.losses import Loss

__all__ = ["Change", "Comparison", "FileChange", "Loss", "ProcessChange", "compare"]
