"""The differences between two books as they are shown: JSON values, amounts as decimal texts."""

from collections.abc import Iterator
from typing import Any

from domain.money import Money
from rules.tally import Tally

KINDS = ("message", "alert", "act")


def findings(tally: Tally) -> dict[str, Any]:
    """What differs most comes first. A measure without a unit counts points."""
    return {
        "looked": tally.of("looked"),
        "subjects": tally.of("subjects"),
        "changed": tally.of("subjects", "changed"),
        "more_messages": tally.of("subjects", "more"),
        "fewer_messages": tally.of("subjects", "fewer"),
        "moves": list(_moves(tally)),
        "steps": sorted(
            _steps(tally), key=lambda one: (-one["gained"] - one["lost"], one["kind"], one["what"])
        ),
        "measures": list(_measures(tally)),
        "values": [
            {"name": name, "changed": tally.of("value", name, "changed")}
            for name in sorted({what[0] for what in tally.below("value")})
        ],
        "refused": [
            {"book": side, "fact": fact, "count": n, "sample": tally.samples.of("refused", side, fact)}
            for (side, fact), n in tally.below("refused").items()
        ],
        "months": list(_months(tally)),
    }


def _moves(tally: Tally) -> Iterator[dict[str, Any]]:
    """Who changes first, then who stays."""
    moves = tally.below("move").items()
    for (before, after), n in sorted(moves, key=lambda one: (one[0][0] == one[0][1], -one[1], one[0])):
        yield {"from": before, "to": after, "count": n, "sample": tally.samples.of("move", before, after)}


def _steps(tally: Tally) -> Iterator[dict[str, Any]]:
    found = tally.below("step")
    for kind, what, channel in sorted({key[:3] for key in found}):
        thing = (kind, what, channel)
        counted = {name: found.get((*thing, name), 0) for name in ("old", "new", "gained", "lost")}
        yield {
            "kind": kind, "what": what, "channel": channel, **counted,
            "sample": [
                {"change": change, **one}
                for change in ("gained", "lost")
                for one in tally.samples.of(change, *thing)
            ],
        }  # fmt: skip


def _measures(tally: Tally) -> Iterator[dict[str, Any]]:
    found = tally.below("measure")
    for name, unit in sorted({key[:2] for key in found}):
        old, new = found.get((name, unit, "old"), 0), found.get((name, unit, "new"), 0)
        yield {
            "name": name, "unit": unit, "answers": found[name, unit, "answers"],
            "old": _text(old, unit), "new": _text(new, unit), "difference": _text(new - old, unit),
            "up": found.get((name, unit, "up"), 0), "down": found.get((name, unit, "down"), 0),
            "sample": [
                {"change": change, **one}
                for change in ("up", "down")
                for one in tally.samples.of(change, name, unit)
            ],
        }  # fmt: skip


def _months(tally: Tally) -> Iterator[dict[str, Any]]:
    found = tally.below("month")
    measures = sorted({key[2:4] for key in found if key[1] == "measure"})
    for month in sorted({key[0] for key in found}):
        shown: dict[str, Any] = {name: found.get((month, name), 0) for name in ("looked", "changed")}
        for kind in KINDS:
            shown[f"{kind}s"] = {side: found.get((month, kind, side), 0) for side in ("old", "new")}
        shown["measures"] = [
            {"name": name, "unit": unit}
            | {
                side: _text(found.get((month, "measure", name, unit, side), 0), unit)
                for side in ("old", "new")
            }
            for name, unit in measures
        ]
        yield {"month": month, **shown}


def _text(number: int, unit: str) -> str:
    return f"{Money(unit, number).decimal:f}" if unit else str(number)
