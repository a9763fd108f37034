"""The parts of a page about one thing: figures, charts, tables, terms, links; one template lays them out."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Number:
    """``link`` opens what is behind it."""

    label: str
    text: str
    link: str = ""
    hint: str = ""
    alarm: bool = False


@dataclass(frozen=True)
class Entry:
    """A cell. ``tone``: good, near, late, off, plain make it a mark."""

    text: str
    link: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Heading:
    """``unit`` stands small beside it; a ``narrow_out`` one is left out on a telephone."""

    label: str
    number: bool = False
    unit: str = ""
    narrow_out: bool = False


@dataclass(frozen=True)
class Grid:
    """A small table. ``compact`` stays a table on a telephone; ``total`` is its last row."""

    id: str
    title: str
    heads: Sequence[Heading]
    rows: Sequence[Sequence[Entry]]
    more: tuple[str, str] | None = None
    note: str = ""
    none: str = ""
    compact: bool = True
    total: Sequence[Entry] = ()


@dataclass(frozen=True)
class Drawing:
    """``svg`` is drawn by us, and escaped there."""

    svg: str
    note: str = ""


@dataclass(frozen=True)
class Terms:
    id: str
    title: str
    rows: Sequence[tuple[str, Entry]]


@dataclass(frozen=True)
class Lines:
    """Sentences, each with an address of ours or none."""

    id: str
    title: str
    rows: Sequence[Entry]
    none: str = ""


Section = Grid | Drawing | Terms | Lines


@dataclass(frozen=True)
class Deed:
    """A button that leads to a form; the first is the likeliest."""

    label: str
    link: str


@dataclass(frozen=True)
class Detail:
    title: str
    back: tuple[str, str] | None = None
    tags: Sequence[Entry] = ()
    meta: Sequence[Entry] = ()
    lead: str = ""
    deeds: Sequence[Deed] = ()
    numbers: Sequence[Number] = ()
    main: Sequence[Section] = ()
    side: Sequence[Section] = ()
    tabs: Sequence[tuple[str, str, bool]] = field(default_factory=tuple)
