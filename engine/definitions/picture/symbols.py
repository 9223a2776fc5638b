"""The small signs of BPMN: what an event waits for, what a task is, how a gateway decides.

Each is drawn in a square of 20 by 20 around its middle; ``at`` puts it where it belongs.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.definitions.picture.lettering import INK, short

_LINE = f'fill="none" stroke="{INK}" stroke-width="1.3" stroke-linejoin="round" stroke-linecap="round"'
_FULL = f'fill="{INK}" stroke="{INK}" stroke-width="1.3" stroke-linejoin="round"'

_PATHS: Mapping[str, str] = {
    "message": "M-8,-5.5 H8 V5.5 H-8 Z M-8,-5.5 L0,1 L8,-5.5",
    "timer": "M0,-8.5 A8.5,8.5 0 1 1 -0.01,-8.5 Z M0,-5.5 V0 L4,2.5 M0,-8.5 V-7 M8.5,0 H7 M0,8.5 V7"
    " M-8.5,0 H-7",
    "escalation": "M0,-8 L6.5,8 L0,1.5 L-6.5,8 Z",
    "error": "M-7,7 L-3.5,-6.5 L2.5,2 L7,-7.5 L3.5,6.5 L-2.5,-2 Z",
    "signal": "M0,-8 L8,6 H-8 Z",
    "conditional": "M-6,-8 H6 V8 H-6 Z M-3.5,-4.5 H3.5 M-3.5,-1.5 H3.5 M-3.5,1.5 H3.5 M-3.5,4.5 H3.5",
    "compensate": "M0,-6 L-8,0 L0,6 Z M8,-6 L0,0 L8,6 Z",
    "link": "M-8,-3.5 H1 V-7 L8,0 L1,7 V3.5 H-8 Z",
    "cancel": "M-7,-7 L7,7 M7,-7 L-7,7",
    "exclusiveGateway": "M-6,-8 L6,8 M6,-8 L-6,8",
    "parallelGateway": "M0,-10 V10 M-10,0 H10",
    "complexGateway": "M0,-10 V10 M-10,0 H10 M-7,-7 L7,7 M7,-7 L-7,7",
    "userTask": "M-4,-5 A4,4 0 1 1 4,-5 A4,4 0 1 1 -4,-5 Z M-8,9 C-8,2 -5,0.5 0,0.5 C5,0.5 8,2 8,9 Z",
    "manualTask": "M-8,4 V-2 L-3,-7 L-2,-5.5 L-4,-2 H7 V0.5 H1 M7,0.5 V3 H1 M6,3 V5.5 H1 M5,5.5 V8 H-4 L-8,4",
    "scriptTask": "M-5,-8 H8 C4,-4 4,-2 6,1 C8,4 7,6 5,8 H-8 C-4,5 -5,3 -6.5,0 C-8,-3 -8,-5 -5,-8 Z"
    " M-3,-4 H3 M-3,0 H3 M-2,4 H4",
    "businessRuleTask": "M-8,-7 H8 V7 H-8 Z M-8,-2.5 H8 M-8,2.5 H8 M-3,-2.5 V7",
    "sendTask": "M-8,-5.5 H8 V5.5 H-8 Z M-8,-5.5 L0,1 L8,-5.5",
    "receiveTask": "M-8,-5.5 H8 V5.5 H-8 Z M-8,-5.5 L0,1 L8,-5.5",
    "parallel": "M-4,-6 V6 M0,-6 V6 M4,-6 V6",
    "sequential": "M-6,-4 H6 M-6,0 H6 M-6,4 H6",
    "loop": "M3,5.5 A6,6 0 1 0 -4,4 M-7,6 H-4 V2.5",
    "collapsed": "M-6,-6 H6 V6 H-6 Z M0,-4 V4 M-4,0 H4",
}
_THICK = frozenset({"exclusiveGateway", "parallelGateway", "complexGateway", "parallel", "sequential"})
_CIRCLES: Mapping[str, tuple[float, float]] = {"inclusiveGateway": (8.5, 2.4), "terminate": (6.5, 5.0)}


def symbol(name: str, x: float, y: float, *, scale: float = 1.0, filled: bool = False) -> str:
    """A sign with its middle at a point; nothing for what has none."""
    if name == "serviceTask":
        return _cog(x, y, scale)
    if name in _CIRCLES:
        radius, width = _CIRCLES[name]
        return (
            f'<circle cx="{short(x)}" cy="{short(y)}" r="{short(radius * scale)}" fill="none" stroke="{INK}"'
            f' stroke-width="{width}"/>'
        )
    if name not in _PATHS:
        return ""
    style = _FULL if filled else _LINE
    if name in _THICK:
        style = style.replace('stroke-width="1.3"', 'stroke-width="2.6"')
    return f'<path d="{_PATHS[name]}" {style} transform="{at(x, y, scale)}"/>'


def at(x: float, y: float, scale: float = 1.0) -> str:
    """The transformation that moves what is drawn around zero to a point."""
    moved = f"translate({short(x)} {short(y)})"
    return moved if scale == 1.0 else f"{moved} scale({scale:g})"


def _cog(x: float, y: float, scale: float) -> str:
    teeth = "".join(
        f'<path d="M0,-8.5 V-5.5" stroke="{INK}" stroke-width="3" transform="rotate({angle})"/>'
        for angle in range(0, 360, 45)
    )
    rings = "".join(
        f'<circle r="{radius}" fill="#ffffff" stroke="{INK}" stroke-width="1.3"/>' for radius in (5.6, 2.2)
    )
    return f'<g transform="{at(x, y, scale)}">{teeth}{rings}</g>'
