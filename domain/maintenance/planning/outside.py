"""What visits that are not planned now ask of those that are bound to them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from domain.maintenance.planning.intake import Standing
from domain.maintenance.planning.model import Link, Tie
from domain.maintenance.planning.opening import Bounds


def bounds_from(
    ref: str, links: Iterable[Link], elsewhere: Mapping[str, Standing], days: Sequence[date]
) -> Bounds | None:
    """Nothing where the other has no place yet and this one cannot be planned without it."""
    bounds: Bounds | None = Bounds()
    for link in links:
        if ref in (link.first, link.second) and bounds is not None:
            other = link.second if link.first == ref else link.first
            if other in elsewhere:
                bounds = _bound(days, bounds, link, ref, elsewhere[other])
    return bounds


def _bound(days: Sequence[date], bounds: Bounds, link: Link, ref: str, other: Standing) -> Bounds | None:
    if other.on is None or other.begins is None or other.ends is None:
        free = link.tie is Tie.SAME_TECHNICIAN or (link.tie is Tie.BEFORE and ref == link.first)
        return bounds if free else None
    if link.tie is Tie.SAME_TECHNICIAN:
        return replace(bounds, technician=other.technician)
    if link.tie is Tie.TOGETHER:
        return replace(bounds, day=days.index(other.on), at=other.begins) if other.on in days else None
    if ref == link.first:
        end = other.on, other.begins
        return replace(bounds, later=min(end, bounds.later or end))
    begin = other.on, other.ends
    return replace(bounds, sooner=max(begin, bounds.sooner or begin))
