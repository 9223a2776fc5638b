"""Plain diagrams that can be made as large as wanted: a chain of user tasks, and a loop around one.

Both engines read the same text: plain BPMN, the loop's condition in words that are FEEL and Python alike.
"""

from __future__ import annotations

from itertools import pairwise

_HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="made" targetNamespace="http://example.org">'


def chain(length: int, name: str = "chain") -> bytes:
    """User tasks t1 to tN, one after the other."""
    places = ["begin", *(f"t{number}" for number in range(1, length + 1)), "end"]
    tasks = "".join(f'<userTask id="{place}" name="Task {place}"/>' for place in places[1:-1])
    flows = "".join(_flow(source, target) for source, target in pairwise(places))
    return _process(name, f'<startEvent id="begin"/>{tasks}<endEvent id="end"/>{flows}')


def loop(name: str = "loop") -> bytes:
    """One user task, again and again while `again > 0`."""
    return _process(
        name,
        '<startEvent id="begin"/><exclusiveGateway id="merge"/><userTask id="t1" name="Task"/>'
        '<exclusiveGateway id="more" default="more__end"/><endEvent id="end"/>'
        + _flow("begin", "merge")
        + _flow("merge", "t1")
        + _flow("t1", "more")
        + _flow("more", "merge", "again &gt; 0")
        + _flow("more", "end"),
    )


def _flow(source: str, target: str, condition: str = "") -> str:
    inside = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
    ends = f'id="{source}__{target}" sourceRef="{source}" targetRef="{target}"'
    return f"<sequenceFlow {ends}>{inside}</sequenceFlow>"


def _process(name: str, inside: str) -> bytes:
    process = f'<process id="{name}" name="{name}" isExecutable="true">{inside}</process>'
    return f"{_HEAD}{process}</definitions>".encode()
