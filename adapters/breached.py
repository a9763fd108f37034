"""Passwords that were found in what was stolen elsewhere, out of a file of their digests on this machine."""

import hashlib
import re
from pathlib import Path

from domain.errors import DomainError

LINE = re.compile(rb"[0-9A-Fa-f]{40}(:\d+)?\r?\n?")
DIGITS = 40


class NoSuchSet(DomainError):
    """The file holds no digests in order."""

    slug = "no-such-set"


class BreachedPasswords:
    """One SHA-1 digest a line, in order, a count behind it or none: as Have I Been Pwned gives them.

    The file may be of any size: some thirty lines of it are read at each question.
    """

    def __init__(self, path: Path) -> None:
        """Raises NoSuchSet, OSError."""
        self._path = path
        with path.open("rb") as file:
            lines = [file.readline(100), file.readline(100)]
        if not all(LINE.fullmatch(line) for line in lines) or sorted(lines, key=bytes.upper) != lines:
            raise NoSuchSet(f"{path}: one SHA-1 digest a line is wanted, in their order")

    def __call__(self, password: str) -> bool:
        digest = hashlib.sha1(password.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
        wanted = digest.upper().encode()
        with self._path.open("rb") as file:
            low, high = 0, file.seek(0, 2)
            while low < high:
                middle = (low + high) // 2
                file.seek(max(middle - 1, 0))
                if middle:
                    file.readline()
                line = file.readline()
                found = line[:DIGITS].upper()
                if not line or found > wanted:
                    high = middle
                elif found < wanted:
                    low = middle + 1
                else:
                    return True
        return False
