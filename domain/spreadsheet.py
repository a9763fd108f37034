"""Rows for a spreadsheet that hold nothing a spreadsheet would run. Every CSV and XLSX of ours is written so.

A cell that begins like a formula gets an apostrophe in front; numbers and telephone numbers stay as they are.
A separator inside a text counts as a beginning too: Excel in French reads a file with commas by semicolons.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

SPACES = "\u0020\u00a0\u202f\u2009"
NUMBER = rf"[+-]?\d[\d{SPACES}]*(?:[.,]\d+)*(?:[eE][+-]?\d{{1,3}})?[{SPACES}]?[%€]?"
PHONE = rf"\+\d[\d{SPACES}().-]*"
HARMLESS = re.compile(rf"(?:{NUMBER}|{PHONE})(?=$|[;,|\t\r\n])")
BEGINS = re.compile(r"(^|[;,|\t\r\n])([\s\"'\u0000-\u001f\ufeff\u200b-\u200f]*)([=+\-@＝＋－＠﹦﹢﹣﹫−])")
"""Also their wide and small forms, which some programs take for the plain ones, and the true minus."""
CONTROLS = re.compile(r"[\u0000-\u0008\u000b\u000c\u000e-\u001f]")


def neutral(value: Any) -> Any:
    """What may stand in a cell: texts made harmless, everything else as it is."""
    return harmless(value) if isinstance(value, str) else value


def harmless(text: str) -> str:
    clean = CONTROLS.sub("", text)
    made = BEGINS.sub(_apostrophe, clean)
    return f"'{made}" if made[:1] in ("\t", "\r") else made


def _apostrophe(found: re.Match[str]) -> str:
    before, between, sign = found.groups()
    number = sign in "+-" and HARMLESS.match(found.string, found.start(3))
    return found.group() if number and not between.strip(SPACES) else f"{before}{between}'{sign}"


class _Line:
    """A file that gives back what is written to it, and so does the writer."""

    def write(self, text: str) -> str:
        return text


def csv_lines(rows: Iterable[Sequence[Any]], end: str = "\r\n", separator: str = ",") -> Iterator[str]:
    """A line for each row (RFC 4180), one at a time."""
    writer = csv.writer(_Line(), lineterminator=end, delimiter=separator)
    for row in rows:
        yield writer.writerow([neutral(value) for value in row])


def csv_table(head: Sequence[str], rows: Iterable[Mapping[str, Any]], end: str = "\r\n") -> str:
    """With a header. What a row does not have stays empty; a column that is not there raises ValueError."""
    return "".join(csv_lines(_aligned(head, rows), end))


def _aligned(head: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[Sequence[Any]]:
    yield head
    for row in rows:
        if unknown := row.keys() - set(head):
            raise ValueError(f"no column is called {', '.join(sorted(unknown))}")
        yield [row.get(name, "") for name in head]
