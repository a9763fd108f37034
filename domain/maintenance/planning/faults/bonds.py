"""Links that name nobody, contradict each other or the pins, or hang on a visit that is left out."""

from collections.abc import Iterable
from dataclasses import replace

from domain.maintenance.planning.faults.trouble import Kind, Trouble, trouble
from domain.maintenance.planning.leaving import without
from domain.maintenance.planning.model import Link, Pin, Problem, Tie, Visit

UNPINNED = Pin()


def bonds(problem: Problem, known: frozenset[str]) -> tuple[Problem, list[Trouble]]:
    """``known``: the visits that were given, also those that are left out by now."""
    links, found = _of_visits(problem.links, known)
    here = tuple(one for one in links if one.first in problem.visit and one.second in problem.visit)
    found += _contradictions(replace(problem, links=here))
    lost = known - problem.visit.keys() | {visit for one in found if one.left_out for visit in one.visits}
    partners = _partners(links, lost)
    found += partners
    gone = lost | {one.visits[0] for one in partners}
    kept = tuple(one for one in links if one.first not in gone and one.second not in gone)
    if kept == problem.links and not gone & problem.visit.keys():
        return problem, found
    return replace(without(problem, gone), links=kept), found


def _of_visits(links: Iterable[Link], known: frozenset[str]) -> tuple[list[Link], list[Trouble]]:
    kept, found = [], []
    for link in dict.fromkeys(links):
        if link.first != link.second and link.first in known and link.second in known:
            kept.append(link)
        else:
            found.append(trouble(Kind.UNKNOWN_LINK, visits=(link.first, link.second), tie=link.tie.value))
    return kept, found


def _contradictions(problem: Problem) -> list[Trouble]:
    found = [*_cycles(problem.links), *_ties(problem)]
    working = sum(bool(one.shifts) for one in problem.technicians)
    for link in problem.links:
        both = (link.first, link.second)
        if link.tie is Tie.TOGETHER and working == 1:
            found.append(trouble(Kind.LINK_ALONE, visits=both, left_out=True))
        elif _pins_forbid(link, problem.visit[link.first], problem.visit[link.second]):
            found.append(trouble(Kind.LINK_PINS, visits=both, left_out=True, tie=link.tie.value))
    return found


def _pins_forbid(link: Link, first: Visit, second: Visit) -> bool:
    one, other = first.pin or UNPINNED, second.pin or UNPINNED
    alike = one.technician is not None and one.technician == other.technician
    if link.tie is Tie.SAME_TECHNICIAN:
        return not alike and None not in (one.technician, other.technician)
    days = one.day is not None and other.day is not None
    times = one.at is not None and other.at is not None
    if link.tie is Tie.TOGETHER:
        return alike or (days and one.day != other.day) or (times and one.at != other.at)
    if one.day is None or other.day is None or one.day < other.day:
        return False
    if one.day > other.day:
        return True
    return one.at is not None and other.at is not None and one.at + first.duration > other.at


def _ties(problem: Problem) -> list[Trouble]:
    """Two at once are two people, and neither is before the other."""
    group = _groups(one for one in problem.links if one.tie is Tie.SAME_TECHNICIAN)
    before = {(one.first, one.second) for one in problem.links if one.tie is Tie.BEFORE}
    found = []
    for link in problem.links:
        if link.tie is not Tie.TOGETHER:
            continue
        both = (link.first, link.second)
        if group.get(link.first, link.first) == group.get(link.second, link.second):
            ties = f"{Tie.TOGETHER}, {Tie.SAME_TECHNICIAN}"
            found.append(trouble(Kind.LINK_TIES, visits=both, left_out=True, ties=ties))
        for first, second in (both, both[::-1]):
            if (first, second) in before and problem.visit[first].duration > 0:
                ties = f"{Tie.TOGETHER}, {Tie.BEFORE}"
                found.append(trouble(Kind.LINK_TIES, visits=both, left_out=True, ties=ties))
    return found


def _groups(links: Iterable[Link]) -> dict[str, str]:
    """Each linked visit's group, by the name of one of it."""
    of: dict[str, str] = {}
    for link in links:
        one, other = of.get(link.first, link.first), of.get(link.second, link.second)
        of |= {name: one for name, group in of.items() if group == other}
        of |= {link.first: one, link.second: one, other: one}
    return of


def _cycles(links: Iterable[Link]) -> list[Trouble]:
    """Visits that come after themselves, a trouble for each circle."""
    after: dict[str, set[str]] = {}
    for link in links:
        if link.tie is Tie.BEFORE:
            after.setdefault(link.first, set()).add(link.second)
    reach = {one: _reached(one, after) for one in after}
    circles = {
        tuple(sorted({one} | {other for other in reach[one] if one in reach.get(other, ())}))
        for one in after
        if one in reach[one]
    }
    return [
        trouble(Kind.LINK_CYCLE, visits=circle, left_out=True, cycle=", ".join(circle))
        for circle in sorted(circles)
    ]


def _reached(start: str, after: dict[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = list(after.get(start, ()))
    while waiting:
        one = waiting.pop()
        if one not in reached:
            reached.add(one)
            waiting += after.get(one, ())
    return reached


def _partners(links: Iterable[Link], lost: Iterable[str]) -> list[Trouble]:
    """A team of two needs both, and what comes after something needs that."""
    gone, found, links = set(lost), [], list(links)
    waiting = sorted(gone)
    while waiting:
        missing = waiting.pop()
        for link in links:
            first, second = link.first, link.second
            if link.tie is Tie.TOGETHER and second == missing:
                first, second = second, first
            if link.tie is Tie.SAME_TECHNICIAN or first != missing or second in gone:
                continue
            found.append(trouble(Kind.LINK_PARTNER, visits=(second, missing), left_out=True))
            gone.add(second)
            waiting.append(second)
    return found
