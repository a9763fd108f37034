"""Moments of a day and durations as people write them: 08:30, 00:45, 17:20:05."""

import re

WRITTEN = re.compile(r"(-?)(\d{1,4}):([0-5]\d)(?::([0-5]\d))?")


def written(seconds: int) -> str:
    """Seconds of a minute stand there only where there are some. 25:30 is half past one of the next night."""
    minutes, rest = divmod(abs(seconds), 60)
    sign = "-" if seconds < 0 else ""
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}" + (f":{rest:02}" if rest else "")


def read(text: str) -> int | None:
    """Nothing for what is no moment."""
    found = WRITTEN.fullmatch(text)
    if not found:
        return None
    sign, hours, minutes, seconds = found.groups()
    whole = int(hours) * 3600 + int(minutes) * 60 + int(seconds or 0)
    return -whole if sign else whole
