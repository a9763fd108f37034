"""Travel in JSON: rows of numbers as people write them, or one packed text for what machines hand on."""

import zlib
from array import array
from base64 import b64decode, b64encode
from binascii import Error as NoBase64
from collections.abc import Sequence
from sys import byteorder
from typing import Any

from domain.maintenance.planning.roads import EVEN, HOLE
from domain.maintenance.planning.travel import Travel
from domain.maintenance.planning.values.given import Given

WIDEST = 2**31 - 1
SLOWEST = 1000
FASTEST = 10
Rows = Sequence[Sequence[int]]


def travel_value(travel: Travel, packed: bool) -> dict[str, Any]:
    """Empty for one that is even and has no rows."""
    pack = _packed if packed else _plain
    told: dict[str, Any] = {}
    if travel.seconds:
        told |= {"seconds": pack(travel.seconds), "metres": pack(travel.metres)}
    return told | ({"percent": list(travel.percent)} if travel.percent != EVEN else {})


def travel_of(given: Given | None, size: int) -> Travel:
    """Without rows where the roads are asked later."""
    if given is None:
        return Travel((), ())
    percent = _percent(given)
    if "seconds" not in given and "metres" not in given:
        given.finish()
        return Travel((), (), percent)
    travel = Travel(_rows(given, "seconds", size), _rows(given, "metres", size), percent)
    given.finish()
    return travel


def _plain(rows: Rows) -> list[list[int | None]]:
    return [[None if one == HOLE else one for one in row] for row in rows]


def _packed(rows: Rows) -> str:
    flat = array("i")
    for row in rows:
        flat.extend(row)
    if byteorder == "big":
        flat.byteswap()
    return b64encode(zlib.compress(flat.tobytes(), 1)).decode()


def _percent(given: Given) -> tuple[int, ...]:
    if "percent" not in given:
        return EVEN
    value = given.value["percent"]
    if isinstance(value, list | tuple) and len(value) == 24 and all(_slow(one) for one in value):
        return tuple(value)
    mend = f"give 24 whole numbers from {FASTEST} to {SLOWEST}, one for each hour; 100 is an empty road"
    given.wrong("percent", "these are no factors of the hours", mend)
    return EVEN


def _slow(one: Any) -> bool:
    return isinstance(one, int) and not isinstance(one, bool) and FASTEST <= one <= SLOWEST


def _rows(given: Given, name: str, size: int) -> tuple[Sequence[int], ...]:
    if name not in given:
        given.wrong(name, "it is missing", "give seconds and metres, or neither to have the roads asked")
        return ()
    value = given.value[name]
    rows = _unpacked(value, size) if isinstance(value, str) else _listed(value)
    if rows is None:
        mend = f"give {size} rows of {size} whole numbers, a row for each place; null where no way leads"
        given.wrong(name, "it is no matrix", mend)
        return ()
    return rows


def _unpacked(text: str, size: int) -> tuple[Sequence[int], ...] | None:
    length = size * size * 4
    unpack = zlib.decompressobj()
    try:
        raw = unpack.decompress(b64decode(text, validate=True), length + 1)
    except (NoBase64, ValueError, zlib.error):
        return None
    if len(raw) != length:
        return None
    flat = array("i", raw)
    if byteorder == "big":
        flat.byteswap()
    return tuple(flat[row * size : (row + 1) * size] for row in range(size))


def _listed(value: Any) -> tuple[Sequence[int], ...] | None:
    """Rows may be of any length: `checking` says what does not fit."""
    if not isinstance(value, list | tuple):
        return None
    rows = []
    for row in value:
        if not isinstance(row, list | tuple) or not all(_way(one) for one in row):
            return None
        rows.append(array("i", (HOLE if one is None or one < 0 else one for one in row)))
    return tuple(rows)


def _way(one: Any) -> bool:
    return one is None or (isinstance(one, int) and not isinstance(one, bool) and one <= WIDEST)
