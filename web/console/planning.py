"""The board of rounds by day, week or month: who goes where and when, what is too much, what waits."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from starlette.responses import Response

from database.maintenance.board import Board, Card, Hand, board_of
from domain.errors import BadInput, Mistake
from domain.maintenance.planning.evaluation import Round
from rules.fitness import EARLIEST, LATEST
from web.console.moments import Moments
from web.console.visit import Visit

DAY, WEEK, MONTH = "day", "week", "month"
VIEWS = (DAY, WEEK, MONTH)
FULL = 8 * 3600
"""Seconds beyond which a day is told to be too long."""
QUARTER = 900
OPENS, CLOSES = 7, 19
"""Hours that the day's lines show; what lies outside stands at their ends."""


@dataclass(frozen=True)
class Cell:
    """A technician's day. ``absence`` is the reason, ``off`` a day that is not worked anyway."""

    hand: Hand
    day: date
    cards: Sequence[Card]
    round: Round | None
    absence: str
    off: bool

    @property
    def paid(self) -> int:
        """Without the times of a plan, the visits alone."""
        if self.round is not None:
            return self.round.paid
        return sum((card.ends or 0) - (card.begins or 0) for card in self.cards)

    @property
    def km(self) -> int:
        return round(self.round.metres / 1000) if self.round else 0

    @property
    def too_long(self) -> bool:
        return self.paid > FULL


@dataclass(frozen=True)
class Row:
    hand: Hand
    cells: Sequence[Cell]

    @property
    def paid(self) -> int:
        return sum(cell.paid for cell in self.cells)


@dataclass(frozen=True)
class Square:
    """A day of the month's calendar."""

    day: date
    visits: int
    paid: int
    hands: int
    late: int
    inside: bool


@dataclass(frozen=True)
class Warning:
    """``kind`` is a word of the console; ``link`` leads to where it is mended."""

    kind: str
    text: str
    link: str


async def board(visit: Visit) -> Response:
    view = visit.asked("view") or WEEK
    if view not in VIEWS:
        raise BadInput(Mistake("view", "there is no such view", f"choose among {', '.join(VIEWS)}"))
    on = day_asked(visit, "on") or _next_worked(visit.moments.today)
    first, last = span(view, on)
    async with visit.database.tenant(visit.tenant.id) as tx:
        found = await board_of(tx, visit.tenant.id, first, last)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    rows = rows_of(found, days)
    if view == WEEK:
        days = [day for day in days if day.weekday() < 5 or any(_used(row, day) for row in rows)]
        rows = [Row(row.hand, [cell for cell in row.cells if cell.day in days]) for row in rows]
    return visit.page(
        "planning.html.j2", view=view, on=on, days=days, rows=rows, board=found,
        squares=_squares(rows, on, days),
        before=_step(view, on, -1), after=_step(view, on, 1), title=_title(visit.moments, view, first, last),
        warnings=_warnings(visit, rows, found), hours=hours, clock=clock, column=_column, length=_length,
        scale=range(OPENS, CLOSES), may_write=visit.may("planning:write"),
    )  # fmt: skip


def _next_worked(today: date) -> date:
    """On a Saturday the week is over: the board opens on the next one."""
    return today + timedelta(days={5: 2, 6: 1}.get(today.weekday(), 0))


def day_asked(visit: Visit, name: str) -> date | None:
    """Raises BadInput."""
    text = visit.asked(name)
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput(Mistake(name, f"{text[:20]!r} is no day", "write it as 2032-03-05")) from None
    if day is not None and not EARLIEST <= day <= LATEST:
        raise BadInput(Mistake(name, "too far away", "check the year"))
    return day


def span(view: str, on: date) -> tuple[date, date]:
    """The month's calendar is of whole weeks."""
    if view == DAY:
        return on, on
    if view == WEEK:
        monday = on - timedelta(days=on.weekday())
        return monday, monday + timedelta(days=6)
    first = on.replace(day=1)
    last = on.replace(day=monthrange(on.year, on.month)[1])
    return first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday())


def rows_of(board: Board, days: Sequence[date]) -> list[Row]:
    cards: dict[tuple[str | None, date | None], list[Card]] = {}
    for card in board.cards:
        cards.setdefault((card.technician, card.on), []).append(card)
    rows = []
    for hand in board.hands:
        cells = [
            Cell(
                hand, day, cards.get((hand.ref, day), []), board.rounds.get((hand.ref, day)),
                hand.absence(day), day.isoweekday() not in hand.weekdays,
            )
            for day in days
        ]  # fmt: skip
        rows.append(Row(hand, cells))
    return rows


def clock(seconds: int | None) -> str:
    """Of a moment of the day; what lies beyond midnight goes on counting."""
    return "" if seconds is None else f"{seconds // 3600:02}:{seconds % 3600 // 60:02}"


def hours(seconds: int) -> str:
    """A duration, to the nearest minute: 6 h 05."""
    minutes = (seconds + 30) // 60
    return f"{minutes // 60}\u00a0h\u00a0{minutes % 60:02}"


def _used(row: Row, day: date) -> bool:
    return any(cell.day == day and (cell.cards or not cell.off) for cell in row.cells)


def _step(view: str, on: date, way: int) -> date:
    if view == DAY:
        return on + timedelta(days=way)
    if view == WEEK:
        return on + timedelta(days=7 * way)
    first = on.replace(day=1)
    return (
        (first - timedelta(days=1)).replace(day=1) if way < 0 else (first + timedelta(days=31)).replace(day=1)
    )


def _title(moments: Moments, view: str, first: date, last: date) -> str:
    if view == DAY:
        return moments.written(first)
    if view == WEEK:
        return f"{moments.short(first)} – {moments.written(last)}"
    return moments.month(first + timedelta(days=10))


def _squares(rows: Sequence[Row], on: date, days: Sequence[date]) -> list[list[Square]]:
    """The month by weeks."""
    squares = []
    for number, day in enumerate(days):
        cells = [row.cells[number] for row in rows]
        busy = [cell for cell in cells if cell.cards]
        late = sum(card.is_late for cell in cells for card in cell.cards) + sum(
            cell.too_long for cell in cells
        )
        visits = sum(len(cell.cards) for cell in cells)
        squares.append(
            Square(day, visits, sum(cell.paid for cell in busy), len(busy), late, day.month == on.month)
        )
    return [list(week) for _, week in groupby(squares, key=lambda one: one.day.isocalendar()[:2])]


def _warnings(visit: Visit, rows: Sequence[Row], board: Board) -> list[Warning]:
    """More than 8 hours, promises that are not kept, and what is due but has no place."""
    words, found = visit.words, []
    for row in rows:
        for cell in row.cells:
            link = f"/console/planning?view=day&on={cell.day}"
            where = f"{row.hand.name}, {visit.moments.short(cell.day)}"
            if cell.too_long:
                text = words("planning.warn.long", where=where, hours=hours(cell.paid))
                found.append(Warning("long", text, link))
            late = [card for card in cell.cards if card.is_late and card.state == "planned"]
            if late:
                names = ", ".join(card.customer for card in late)
                found.append(Warning("late", words("planning.warn.late", where=where, who=names), link))
    today = visit.moments.today
    soon = [card for card in board.tray if card.due_on and card.due_on <= today + timedelta(days=7)]
    for card in soon:
        on = visit.moments.written(card.due_on) if card.due_on else ""
        text = words("planning.warn.due", who=card.customer, work=card.work, on=on)
        found.append(Warning("due", text, f"/console/visits/{card.ref}"))
    return found


def _column(seconds: int | None) -> int:
    """The quarter of an hour of the day's line, from 0."""
    quarter = (seconds or 0) // QUARTER - OPENS * 4
    return max(0, min((CLOSES - OPENS) * 4 - 1, quarter))


def _length(card: Card) -> int:
    begins = card.begins or 0
    ends = card.ends or begins + card.duration
    return max(1, min((CLOSES - OPENS) * 4 - _column(begins), -(-(ends - begins) // QUARTER)))
