"""Whether every way through a process comes to an end: a game of tokens, played before any case is.

Data is left out of it: a choice may go either way, and a boundary event may come or not.
"""

from __future__ import annotations

from engine.definitions.soundness.game import Game, Marking, Step, Watch, play, play_from
from engine.definitions.soundness.net import Net, net_of

__all__ = ["Game", "Marking", "Net", "Step", "Watch", "net_of", "play", "play_from"]
