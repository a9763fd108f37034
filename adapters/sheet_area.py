"""How large a workbook's sheets are, told before they are read.

The reader lays out every cell between the first and the last: one in the farthest corner takes all memory.
"""

import re
import zipfile
from collections.abc import Iterator

CELL = re.compile(rb"<(?:\w+:)?c(?=[\s/>])")
PLACED = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})(\d{1,10})["']""")
ROW = re.compile(rb"""\br\s*=\s*["'](\d{1,10})["']""")
MOST_COLUMNS = 16_384


def widest_area(packed: zipfile.ZipFile) -> int:
    """Cells of the largest sheet, as its places tell; never less than the reader will lay out."""
    return max((_area(packed.read(part)) for part in packed.infolist()), default=0)


def _area(part: bytes) -> int:
    last_row = last_column = placed = 0
    for row, column in _places(part):
        placed, last_row, last_column = placed + 1, max(last_row, row), max(last_column, column)
    unplaced = sum(1 for _ in CELL.finditer(part)) - placed
    if unplaced > 0:
        # They follow one another in their rows, which may be anywhere.
        rows = max((int(found[1]) for found in ROW.finditer(part)), default=0)
        last_row = max(last_row, rows) + unplaced
        last_column = min(last_column + unplaced, MOST_COLUMNS)
    return last_row * last_column


def _places(part: bytes) -> Iterator[tuple[int, int]]:
    for found in PLACED.finditer(part):
        column = 0
        for letter in found[1].upper():
            column = column * 26 + letter - 64
        yield int(found[2]), column
