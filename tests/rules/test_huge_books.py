"""Books of a megabyte that mean harm, or are only broken all over: each is answered soon, and shortly."""

import time
from random import Random

import pytest

from rules.errors import BrokenBook
from rules.reading import EFFORT, LONGEST_SAID, MOST_ERRORS, Vocabulary
from rules.schema import read_book
from tests.rules.horrors import book

ANYTHING = Vocabulary.anything()
SECONDS = 15
"""Of processor; without the limits each of these takes minutes or megabytes of mistakes, or crashes."""


def row(number: int, when: str) -> str:
    return f"  - {{id: r{number}, when: {{{when}}}, outcome: out, why: {{fr: O, en: Y}}}}"


def facts(count: int) -> str:
    return "\n".join(f"  f{n}: {{type: int, label: {{fr: a, en: a}}, missing: 0}}" for n in range(count))


def grid(rows: int, columns: int) -> str:
    """Ranges that cross each other everywhere, told apart by the last column that is looked at."""
    random = Random(1)
    names = [f"c{n}" for n in range(columns)]
    lines = []
    for n in range(rows):
        lows = [random.randrange(100_000) for _ in names]
        lines.append(f"  - [v{n}, {', '.join(f'{low}..{low + 30_000}' for low in lows)}, 5]")
    given = ", ".join(["z: v0", *(f"{name}: 0" for name in names)])
    ints = "".join(f"  {name}: {{type: int, label: {{fr: c, en: c}}}}\n" for name in names)
    return (
        "policy: grid\nname: b\ntitle: {fr: a, en: a}\nversion: '1'\nwhy: {fr: a, en: a}\n"
        "gives:\n  p: {type: int, label: {fr: p, en: p}}\nfacts:\n"
        f"  z: {{type: enum, values: [{', '.join(f'v{n}' for n in range(rows))}], label: {{fr: z, en: z}}}}\n"
        f"{ints}columns: [z, {', '.join(names)}, p]\nrows:\n" + "\n".join(lines) + "\n"
        "otherwise: {gives: {p: 0}, why: {fr: a, en: a}}\n"
        f"examples:\n  - {{given: {{{given}}}, expect: {{gives: {{p: 0}}}}, why: a}}\n"
    )


HUGE = {
    "broken rows": (book(rows="\n".join(row(n, f"a: x{n}") for n in range(12_000))), "is not a cell"),
    "rows of nothing": (book(rows="  - {}\n" * 100_000), "'id' is missing"),
    "rows that are words": (book(rows="  - a\n" * 150_000), "a table is expected"),
    "one id": (book(rows="\n".join([row(0, "a: 5")] * 12_000)), "exists already"),
    "unknown words": (book() + "\n".join(f"z{n}: 1" for n in range(60_000)), "unknown word"),
    "unknown facts": (book(rows=row(0, ", ".join(f"f{n}: 1" for n in range(70_000)))), "unknown fact"),
    "facts": (book(facts(15_000), row(0, "f0: 1")), "at most 500"),
    "a row of many facts": (book(facts(3_000), row(0, ", ".join(f"f{n}: 1" for n in range(3_000)))), "500"),
    "long cells": (book(rows="\n".join(row(n, f"a: {'x' * 3_900}") for n in range(240))), "is not a cell"),
    "overlapping ranges": (book(rows="\n".join(row(n, f"a: {n}..{n + 5}") for n in range(12_000))), ""),
    "rows that cross each other": (grid(200, 7), "cross each other"),
    "many that cross each other": (grid(4_000, 5), "cross each other"),
    "false examples": (
        book().replace("examples:\n", "examples:\n" + "".join(
            f"  - {{given: {{a: {n + 6}}}, expect: {{outcome: out}}, why: R}}\n" for n in range(15_000)
        )), "the example expects",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HUGE)
def test_a_huge_book_is_answered_soon_and_shortly(name: str) -> None:
    text, english = HUGE[name]
    began = time.process_time()
    with pytest.raises(BrokenBook) as told:
        read_book(text, "fleet/some.yaml", ANYTHING)
    assert time.process_time() - began < SECONDS
    errors = told.value.errors
    assert english in " ".join(error.en for error in errors)
    assert len(errors) <= MOST_ERRORS + 1
    assert all(len(said) <= LONGEST_SAID + 10 for error in errors for said in (error.fr, error.en))


def test_where_it_stops_is_said_at_the_last_place() -> None:
    with pytest.raises(BrokenBook) as told:
        read_book(HUGE["broken rows"][0], "fleet/some.yaml", ANYTHING)
    last = told.value.errors[-2:]
    assert [error.line for error in last] == [last[0].line] * 2
    assert "more than 300 mistakes: mend these first, the rest is not read" in [error.en for error in last]
    assert "plus de 300 erreurs : corrigez celles-ci, la suite n’est pas lue" in [error.fr for error in last]


def test_every_mistake_below_the_limit_is_told() -> None:
    rows = "\n".join(row(n, f"a: x{n}") for n in range(MOST_ERRORS - 1))
    with pytest.raises(BrokenBook) as told:
        read_book(book(rows=rows), "fleet/some.yaml", ANYTHING)
    assert len(told.value.errors) == MOST_ERRORS - 1


def test_an_honest_table_of_many_rows_costs_a_part_of_the_effort() -> None:
    """So that nobody who writes ten thousand prices is refused."""
    assert EFFORT > 10_000 * 100
    rows = "\n".join(row(n, f"a: {n}") for n in range(10_000))
    assert read_book(book(rows=rows).replace("given: {}", "given: {a: -1}"), "fleet/b.yaml", ANYTHING)
