"""The five temporal types of FEEL: date, time, date and time, and two kinds of duration."""

from engine.feel.temporal.durations import DaysAndTime, YearsAndMonths
from engine.feel.temporal.moments import TEMPORAL_CLASSES, Date, DateAndTime, Temporal, Time, midnight_utc
from engine.feel.temporal.reading import (
    read_date,
    read_date_and_time,
    read_duration,
    read_temporal,
    read_time,
)

__all__ = [
    "TEMPORAL_CLASSES",
    "Date",
    "DateAndTime",
    "DaysAndTime",
    "Temporal",
    "Time",
    "YearsAndMonths",
    "midnight_utc",
    "read_date",
    "read_date_and_time",
    "read_duration",
    "read_temporal",
    "read_time",
]
