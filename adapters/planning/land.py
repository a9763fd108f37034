"""Which places are at sea, by the mask of the package ``global_land_mask``.

Imported, the package keeps its mask of 30 arc seconds in memory whole, which is 930 MB and takes seconds.
So its file is read as a stream, from the north pole only as far as somebody asked, and kept by cells of
3 x 4 arc minutes, some 5 km: nobody at a coast is told to be at sea.
"""

import zipfile
from collections.abc import Callable
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import IO

import numpy as np
from numpy.typing import NDArray

from domain.maintenance.planning.model import Point

ROWS, COLUMNS = 21_600, 43_200
PER_DEGREE = 120
HIGH, WIDE = 6, 8
ALL_SEA = 0x0101010101010101
"""Eight columns of the mask, a byte each, as one number."""


class LandMask:
    """Implements ``domain.maintenance.planning.roads.Land``. Made once for a process."""

    def __init__(self, mask: Callable[[], IO[bytes]] | None = None) -> None:
        self._open = mask or shipped_mask
        self._file: IO[bytes] | None = None
        self._bands: list[NDArray[np.bool_]] = []
        self._lock = Lock()

    def holds(self, point: Point) -> bool:
        row = min(int((90 - point.latitude) * PER_DEGREE), ROWS - 1)
        column = min(int((point.longitude + 180) * PER_DEGREE), COLUMNS - 1)
        return not self._band(row // HIGH)[column // WIDE]

    def _band(self, index: int) -> NDArray[np.bool_]:
        with self._lock:
            while len(self._bands) <= index:
                self._bands.append(self._next_band())
            return self._bands[index]

    def _next_band(self) -> NDArray[np.bool_]:
        if self._file is None:
            self._file = self._open()
        eights = np.frombuffer(self._file.read(HIGH * COLUMNS), dtype=np.uint64)
        together = np.bitwise_and.reduce(eights.reshape(HIGH, COLUMNS // WIDE), axis=0)
        sea: NDArray[np.bool_] = together == ALL_SEA
        return sea


def shipped_mask() -> IO[bytes]:
    """Rows from north to south, columns from west to east, a byte each; 1 is sea."""
    found = find_spec("global_land_mask")
    assert found is not None
    assert found.origin is not None
    packed = (Path(found.origin).parent / "globe_combined_mask_compressed.npz").read_bytes()
    archive = zipfile.ZipFile(BytesIO(packed))  # 2.5 MB; no file stays open
    file = archive.open("mask.npy")
    np.lib.format.read_magic(file)
    shape, _, kind = np.lib.format.read_array_header_1_0(file)
    assert shape == (ROWS, COLUMNS)
    assert kind == np.dtype(np.bool_)
    return file
