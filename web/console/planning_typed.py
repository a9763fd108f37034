"""What planners type in one line: a place, hours, skills, days; read into what the API takes, and back."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from domain.errors import BadInput, Mistake
from domain.maintenance.planning.model import Break, Shift
from web.console.acts import LONGEST

NUMBER = r"(-?\d{1,3}(?:[.,]\d{1,12})?)"
PLACE = re.compile(rf"{NUMBER}\s*[;,\s]\s*{NUMBER}", re.ASCII)
CLOCK = r"(\d{1,2})\s*[:h]\s*(\d{2})?"
HOURS = re.compile(rf"{CLOCK}\s*[-–—]\s*{CLOCK}", re.ASCII)
LASTING = re.compile(CLOCK, re.ASCII)
COUNTED = re.compile(r"(.+?)(?:\s+(\d{1,4}))?", re.DOTALL)
DAYS: Mapping[str, int] = {
    word: number
    for number, words in enumerate(
        ("lun lundi mon monday", "mar mardi tue tuesday", "mer mercredi wed wednesday",
         "jeu jeudi thu thursday", "ven vendredi fri friday", "sam samedi sat saturday",
         "dim dimanche sun sunday"),
        start=1,
    )
    for word in words.split()
}  # fmt: skip
SHORT = ("lun", "mar", "mer", "jeu", "ven", "sam", "dim")
"""As days are written back; both languages are read."""
MOST_LINES = 30
Read = Callable[[str, str], Any]


def place_of(field: str, text: str) -> dict[str, float]:
    """``45.8992, 6.1294``, as maps give it. Raises BadInput."""
    found = PLACE.fullmatch(text.strip())
    if found is None:
        raise _wrong(field, "no place", "write latitude and longitude, such as 45.8992, 6.1294")
    latitude, longitude = (float(one.replace(",", ".")) for one in found.groups())
    return {"latitude": latitude, "longitude": longitude}


def counted(field: str, text: str) -> dict[str, int]:
    """``boiler 2, heat pump``: a level or a number behind each name, 1 unless said. Raises BadInput."""
    names: dict[str, int] = {}
    for part in filter(None, (one.strip() for one in re.split(r"[,;\n]", text))):
        found = COUNTED.fullmatch(part)
        if found is None:
            raise _wrong(field, "not a list of names", "write names with commas between, such as boiler 2")
        names[found[1]] = int(found[2] or 1)
    return names


def names_in(_: str, text: str) -> list[str]:
    return [one.strip() for one in re.split(r"[,;\n]", text) if one.strip()]


def span_of(field: str, text: str) -> dict[str, str]:
    begin, end = hours_of(field, text)
    return {"begin": begin, "end": end}


def hours_of(field: str, text: str) -> tuple[str, str]:
    """``08:00–18:00`` or ``8h–18h``. Raises BadInput."""
    found = HOURS.fullmatch(text.strip())
    if found is None:
        raise _wrong(field, "no hours", "write them as 08:00-18:00")
    return _clock(found[1], found[2]), _clock(found[3], found[4])


def lasting(field: str, text: str) -> str:
    """``01:15`` or ``1h15``. Raises BadInput."""
    found = LASTING.fullmatch(text.strip())
    if found is None:
        raise _wrong(field, "no hours and minutes", "write them as 01:15")
    return _clock(found[1], found[2])


def breaks_of(field: str, text: str) -> list[dict[str, str]]:
    """A line for each: ``11:30-13:30 00:45``, between when it begins, and how long. Raises BadInput."""
    found = []
    for line in _lines(field, text):
        window, _, duration = line.rpartition(" ")
        earliest, latest = hours_of(field, window)
        found.append({"earliest": earliest, "latest": latest, "duration": lasting(field, duration)})
    return found


def windows_of(field: str, text: str) -> list[dict[str, Any]]:
    """A line for each: ``lun mar 08:00-12:00``, ``2026-03-27 14:00-18:00``, ``08:00-19:00``.

    Raises BadInput.
    """
    return [_window(field, line) for line in _lines(field, text)]


def _window(field: str, line: str) -> dict[str, Any]:
    *days, hours = line.split()
    opens, closes = hours_of(field, hours)
    window: dict[str, Any] = {"opens": opens, "closes": closes}
    if len(days) == 1 and days[0][:1].isdecimal():
        return {**window, "on": days[0]}
    known = [DAYS.get(one.strip(",").casefold()) for one in days]
    if None in known:
        mend = "write days of the week, or one day as 2026-03-27, before the hours"
        raise _wrong(field, "no day of the week", mend)
    return {**window, "weekdays": sorted({one for one in known if one})}


def kept(field: str, typed: str, known: Any, shown: Callable[[Any], str], read: Read) -> Any:
    """What nobody touched stays as it was known, with whatever the form did not show of it."""
    if known is not None and typed.split() == shown(known)[:LONGEST].split():
        return known
    return read(field, typed)


def place_text(place: Mapping[str, float]) -> str:
    return ", ".join(f"{place[name]:.6f}".rstrip("0").rstrip(".") for name in ("latitude", "longitude"))


def counted_text(names: Mapping[str, int]) -> str:
    """A name that ends with a number has another one behind it."""
    return ", ".join(
        name if number == 1 and not _ends_with_number(name) else f"{name} {number}"
        for name, number in sorted(names.items())
    )


def _ends_with_number(name: str) -> bool:
    found = COUNTED.fullmatch(name)
    return found is not None and found[2] is not None


def names_text(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def breaks_text(breaks: Iterable[Break]) -> str:
    return "\n".join(
        f"{clock_text(one.earliest)}-{clock_text(one.latest)} {clock_text(one.duration)}" for one in breaks
    )


def hours_text(shift: Shift) -> str:
    return f"{clock_text(shift.begin)}-{clock_text(shift.end)}"


def windows_text(windows: Sequence[Mapping[str, Any]]) -> str:
    return "\n".join(
        f"{one.get('on') or ' '.join(SHORT[day - 1] for day in one.get('weekdays') or ())} "
        f"{one['opens'][:5]}-{one['closes'][:5]}".strip()
        for one in windows
    )


def span_text(shift: Mapping[str, Any]) -> str:
    return f"{hour_text(shift['begin'])}-{hour_text(shift['end'])}"


def hour_text(clock: str) -> str:
    """Without its seconds."""
    return clock[:5]


def clock_text(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}"


def _lines(field: str, text: str) -> list[str]:
    lines = [" ".join(one.split()) for one in re.split(r"[\n;]", text) if one.strip()]
    if len(lines) > MOST_LINES:
        raise _wrong(field, "too many lines", f"give {MOST_LINES} at most")
    return lines


def _clock(hours: str, minutes: str | None) -> str:
    return f"{int(hours):02}:{minutes or '00'}"


def _wrong(field: str, problem: str, mend: str) -> BadInput:
    return BadInput(Mistake(field, problem, mend))
