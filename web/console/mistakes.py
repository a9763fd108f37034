"""What is wrong in a form or a file, in French. The rest of the house says it in English, for programs."""

import re
from functools import cache

from web.console.french_mends import FRENCH_MENDS
from web.console.french_planner import FRENCH_PLANNER
from web.console.french_refusals import FRENCH_NAMES, FRENCH_REFUSALS
from web.console.french_wrong import FRENCH_WRONG

FRENCH = {**FRENCH_REFUSALS, **FRENCH_PLANNER, **FRENCH_WRONG, **FRENCH_MENDS}
PLACE = "{}"
LONGEST = 400
"""Of what is looked at: each is tried against hundreds, and a value may be a whole line of a file."""
LONG = re.compile(r"'([^']{120})[^']+'|\"([^\"]{120})[^\"]+\"")
PLAIN = re.compile(r"\S+(, \S+)*|[\d\s.,:+-]+")
"""A reference, a list of names, an amount."""
DAY = re.compile(r"\d{4}-\d{2}-\d{2}( .*)?")


def french(text: str) -> str:
    """What nobody has translated stays as it is: better read in English than not at all."""
    text = LONG.sub(lambda long: f"'{long[1] or long[2]}…'", text)
    if len(text) > LONGEST:
        return text
    lower = text[:1].lower() + text[1:]
    said = _french(text, depth=2)
    return said if said != text or lower not in FRENCH else FRENCH[lower]


def _french(text: str, depth: int) -> str:
    if text in FRENCH:
        return FRENCH[text]
    for pattern, said in _patterns():
        if found := pattern.fullmatch(text):
            values = [_value(one, depth) for one in found.groups()]
            if None not in values:
                return _filled(said, [one or "" for one in values])
    return text


def _filled(said: str, values: list[str]) -> str:
    first, *others = said.split(PLACE)
    return first + "".join(value + part for value, part in zip(values, others, strict=False))


def _value(text: str, depth: int) -> str | None:
    """Quoted as French quotes; a thing, a state or a sentence of its own in French. None for English words:
    half a sentence is worse than none.
    """
    quoted = re.fullmatch(r"'(.*)'|\"(.*)\"", text, re.DOTALL)
    if quoted:
        return f"«\u00a0{quoted[1] or quoted[2] or ''}\u00a0»"
    if text in FRENCH_NAMES:
        return FRENCH_NAMES[text]
    if DAY.fullmatch(text):
        return "/".join(reversed(text[:10].split("-")))
    if PLAIN.fullmatch(text):
        return text
    said = _french(text, depth - 1) if depth > 1 else text
    return said if said != text else None


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Those that say most come first: the fewer of its letters a sentence leaves open, the surer it is."""
    open_ones = sorted(
        (one for one in FRENCH if PLACE in one), key=lambda one: len(one.replace(PLACE, "")), reverse=True
    )
    return [
        (re.compile("(.+?)".join(map(re.escape, one.split(PLACE))), re.DOTALL), FRENCH[one])
        for one in open_ones
    ]
