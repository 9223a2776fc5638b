"""Draws a diagram as SVG from the layout it was saved with, in Python alone: a server has no modeler.

``draw`` gives one picture that stands by itself: it asks for no script, style sheet or font, and every
element says in words what it is and how it stands.
"""

from engine.definitions.picture.marks import Mark
from engine.definitions.picture.picture import draw

__all__ = ["Mark", "draw"]
