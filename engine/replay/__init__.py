"""Recorded cases, driven through the live services on a stepped clock."""

from engine.replay.driver import Played, ReplayStopped
from engine.replay.pace import Pace, Stretch
from engine.replay.reading import RecordingRefused, read_recording
from engine.replay.recording import FORMAT, Recording
from engine.replay.run import YearReport, end_of, replay_year

__all__ = [
    "FORMAT",
    "Pace",
    "Played",
    "Recording",
    "RecordingRefused",
    "ReplayStopped",
    "Stretch",
    "YearReport",
    "end_of",
    "read_recording",
    "replay_year",
]
