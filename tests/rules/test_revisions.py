"""Revisions of tenants in memory: few, read once, and the shipped book behind them."""

import asyncio

import pytest

from domain.errors import NotFound
from domain.publication import Version
from rules.engine import Book
from rules.library import Library
from rules.revisions import Refused, Revisions
from tests.ground import ROOT
from tests.rules.books import SHIPPED

BOOK = "fleet/dunning"
TEXT = (SHIPPED / "fleet" / "dunning.yaml").read_text("utf-8")
REFUSED = Refused(())


class Shelf:
    """What a tenant has in its database."""

    def __init__(self, **texts: str) -> None:
        self.texts = texts
        self.fetched: list[str] = []

    async def fetch(self, revision: str) -> str:
        self.fetched.append(revision)
        return self.texts[revision]

    def versions(self) -> tuple[Version, ...]:
        return tuple(Version(name, text) for name, text in self.texts.items())


async def test_a_revision_is_fetched_and_read_once() -> None:
    library, mine = Library.load(ROOT / "rules"), Shelf(a=TEXT.replace('"1"', '"2"'))
    first = await library.in_force(BOOK, mine.versions(), mine.fetch)
    assert first.version == "2"
    assert await library.in_force(BOOK, mine.versions(), mine.fetch) is first
    other = Shelf(**mine.texts)
    assert await library.in_force(BOOK, other.versions(), other.fetch) is first
    assert (mine.fetched, other.fetched) == (["a"], [])


async def test_what_cannot_be_read_gives_way_and_is_told() -> None:
    library, mine = Library.load(ROOT / "rules"), Shelf(a=TEXT.replace("firm,", "frm,"), b=TEXT)
    found = await library.in_force(BOOK, mine.versions(), mine.fetch)
    assert found is not library.book(BOOK)
    assert found.revision == library.book(BOOK).revision
    [problem] = library.passed_over()
    assert library.problems() == ()
    assert (problem.file, problem.suggestion) == ("fleet/dunning@a.yaml", "fleet/dunning/firm")
    only = mine.versions()[:1]
    assert await library.in_force(BOOK, only, mine.fetch) is library.book(BOOK)
    library.pass_over({})
    assert library.passed_over() == ()
    assert list(await library.refused(BOOK, only, mine.fetch)) == [(BOOK, "a")]


async def test_without_a_version_the_shipped_book_answers() -> None:
    library, mine = Library.load(ROOT / "rules"), Shelf()
    assert await library.in_force(BOOK, (), mine.fetch) is library.book(BOOK)
    assert await library.in_force(BOOK, (Version(), Version("a", "a")), mine.fetch) is library.book(BOOK)
    with pytest.raises(NotFound):
        await library.in_force("fleet/nothing", (), mine.fetch)


async def test_many_at_once_get_the_same_table() -> None:
    library, mine = Library.load(ROOT / "rules"), Shelf(a=TEXT)
    found = await asyncio.gather(
        *(library.in_force(BOOK, mine.versions(), mine.fetch) for _ in range(20))
    )  # fmt: skip
    assert {one.revision for one in found} == {library.book(BOOK).revision}


def test_only_the_latest_used_stay() -> None:
    kept = Revisions(most=2)
    for name in "ab":
        kept.put((name, name, ""), REFUSED, 1)
    assert kept.get(("a", "a", "")) is REFUSED
    kept.put(("c", "c", ""), REFUSED, 1)
    assert [kept.get((name, name, "")) is not None for name in "abc"] == [True, False, True]


def test_large_ones_push_others_out_and_one_always_stays() -> None:
    kept = Revisions(largest=10)
    for number in range(5):
        kept.put((f"{number}", "", ""), REFUSED, 4)
    assert len(kept) == 2
    kept.put(("large", "", ""), REFUSED, 100)
    assert len(kept) == 1
    kept.put(("large", "", ""), REFUSED, 1)
    kept.put(("small", "", ""), REFUSED, 9)
    assert len(kept) == 2
    assert not isinstance(kept.get(("small", "", "")), Book)
