"""Broken files by the thousand: each is refused at places inside it, in two languages; nothing stays."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from random import Random
from time import monotonic

import pytest

from rules.errors import BrokenBook
from rules.reader import decode
from rules.reading import Vocabulary
from rules.schema import read_book
from rules.vocabulary import shipped_vocabulary
from tests.ground import ROOT
from tests.profile import tries
from tests.rules.books import SHIPPED
from tests.rules.horrors import BYTES, CELLS, LETTERS, YAML
from tests.rules.mutants import NAMED, nodes, other, same, without, written, wrong, wrong_texts
from tests.rules.witness.answer import words

KNOWN = shipped_vocabulary(ROOT / "templates")
BOOKS = {path.relative_to(SHIPPED).as_posix(): path.read_text("utf-8") for path in SHIPPED.glob("*/*.yaml")}
OF_EACH = tries(40, 2_000)
"""Mutants of each shipped book."""
LEAST = 1_000
MEGABYTE = 2**20


def refusals(text: str, vocabulary: Vocabulary = KNOWN) -> BrokenBook | None:
    """The refusal, if every mistake has a place inside the text and is said in both languages."""
    try:
        read_book(text, "fleet/some.yaml", vocabulary)
    except BrokenBook as broken:
        check(broken, text)
        return broken
    return None


def check(broken: BrokenBook, text: str) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert broken.errors
    for error in broken.errors:
        assert error.file == "fleet/some.yaml"
        assert 1 <= error.line <= len(lines), error
        assert 1 <= error.column <= len(lines[error.line - 1]) + 1, error
        assert error.fr.strip(), error
        assert error.en.strip(), error
        assert error.text.fr != error.text.en, error
    assert list(broken.errors) == sorted(set(broken.errors))


HORRORS = {
    f"{kind}: {name}": pair
    for kind, group in (("yaml", YAML), ("letters", LETTERS), ("cell", CELLS))
    for name, pair in group.items()
}


@pytest.mark.parametrize("name", HORRORS)
def test_what_nobody_should_write(name: str) -> None:
    text, english = HORRORS[name]
    broken = refusals(text)
    assert bool(broken) == bool(english), broken
    assert english in (broken.errors[0].en if broken else "")


@pytest.mark.parametrize("name", BYTES)
def test_files_that_are_not_text(name: str) -> None:
    content, english = BYTES[name]
    broken = refusal_of_file(content)
    assert bool(broken) == bool(english), broken
    assert english in (broken.errors[0].en if broken else "")


def refusal_of_file(content: bytes) -> BrokenBook | None:
    try:
        text = decode(content, "fleet/some.yaml")
    except BrokenBook as broken:
        check(broken, content.decode("latin-1"))
        return broken
    return refusals(text)


def mutants(of_each: int) -> Iterator[tuple[str, str]]:
    """Wrong ones, so many of each book, drawn evenly from all that there are."""
    for name, text in sorted(BOOKS.items()):
        random = Random(name)
        book = words(text)
        made = [(f"{name}: {what}", one) for what, one in wrong(book)]
        chosen = random.sample(made, min(of_each, len(made)))
        yield from ((what, written(make())) for what, make in chosen)
        texts = list(wrong_texts(text, random))
        yield from (
            (f"{name}: {what}", one) for what, one in random.sample(texts, min(of_each // 6, len(texts)))
        )


def test_every_mutant_is_refused_at_its_place_and_nothing_is_left_behind() -> None:
    for what, text in mutants(4):
        assert refusals(text), what
    before, began, count = resident(), monotonic(), 0
    for what, text in mutants(OF_EACH):
        assert refusals(text), f"{what} is not refused:\n{text}"
        count += 1
    grown = resident() - before
    print(f"{count} mutants refused in {monotonic() - began:.1f} s, {grown / MEGABYTE:+.1f} MB")
    assert count >= LEAST
    assert grown < 16 * MEGABYTE


def resident() -> int:
    """Bytes of this process in memory."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize("name", sorted(BOOKS))
def test_the_same_book_in_other_words_has_the_same_revision(name: str) -> None:
    revision = read_book(BOOKS[name], name, KNOWN).revision
    for what, text in same(BOOKS[name], Random(name)):
        assert read_book(text, name, KNOWN).revision == revision, f"{what}:\n{text}"


@pytest.mark.parametrize("name", sorted(BOOKS))
def test_a_book_with_a_lawful_change_is_a_book(name: str) -> None:
    revision = read_book(BOOKS[name], name, KNOWN).revision
    made = list(other(BOOKS[name], Random(name)))
    for what, text in Random(name).sample(made, min(15, len(made))):
        assert read_book(text, name, KNOWN).revision != revision, f"{what}:\n{text}"


def test_a_missing_key_is_one_mistake() -> None:
    """What else is wrong is told as well; what only follows from the missing key is not."""
    found = 0
    for name, text in sorted(BOOKS.items()):
        book, tried = words(text), set()
        for path in [path for path, _ in nodes(book) if isinstance(path[-1], str) and not {*path} & {*NAMED}]:
            alike = tuple(key if isinstance(key, str) else 0 for key in path)
            if alike in tried or path[0] == "examples":
                continue
            tried.add(alike)
            broken = refusals(written(without(book, path)))
            said = [error.en for error in broken.errors] if broken else []
            if f"{path[-1]!r} is missing" in said and path[-1] != "points":
                assert len(said) == 1, f"{name} without {path}: {said}"
                found += 1
    assert found > 200
