"""Breaks that can be taken one after the other."""

from collections.abc import Iterable

from domain.maintenance.planning.model import Break


def in_turn(breaks: Iterable[Break]) -> tuple[Break, ...]:
    """In the order of the day, without those that overlap: whoever takes one at its latest must still be in
    time for the next.
    """
    kept: list[Break] = []
    for one in sorted(breaks, key=lambda one: (one.earliest, one.latest)):
        if not kept or kept[-1].latest + kept[-1].duration <= one.latest:
            kept.append(one)
    return tuple(kept)
