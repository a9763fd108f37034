"""PDF: whole, open to us, and without anything that acts by itself. Nothing is rendered.

A name may be written with escapes (`/Java#53cript`), and objects may be packed into streams: both are looked
through. What cannot be looked through is not taken.
"""

import re
import zlib
from collections.abc import Iterable
from itertools import chain

from domain.upload import BadFile

TAIL = 1024
MOST_STREAMS = 30_000
MOST_LINKS = 3_000
"""That are called like an act: each of them is read backwards."""
MOST_OBJECTS = 50 * 1024 * 1024
"""Unpacked, of all streams that hold objects."""
PEEK = 256
BLOCK = 16 * 1024
BEFORE = 4096
"""How far ahead of its data a stream's description is read."""


def _name(*names: str) -> re.Pattern[bytes]:
    """Whichever of these, each letter plain or as its number."""
    letters = ("|".join(_spelled(name) for name in names)).encode()
    return re.compile(rb"/(?:" + letters + rb")(?![A-Za-z0-9#])")


def _spelled(name: str) -> str:
    return "".join(f"(?:{letter}|#(?i:{ord(letter):02x}))" for letter in name)


ACTS = _name(
    "JavaScript", "Launch", "EmbeddedFile", "EmbeddedFiles", "RichMedia", "XFA", "SubmitForm", "ImportData",
    "GoToE", "OnInstantiate",
)  # fmt: skip
IN_ADDRESS = re.compile(rb"\([A-Za-z]+://[^\s()<>\\]*\Z")
"""Up to here it is the text of a link: of reports about JavaScript, many lead to pages of that name."""
LOCKED = _name("Encrypt")
STREAM = re.compile(rb"(?<!end)stream(?:\r\n|\n|\r)")
NUMBERS = re.compile(rb"\s*\d+\s+\d+\s")
"""How a stream of objects begins: which object is where in it."""
FIRST = re.compile(rb"/" + _spelled("First").encode() + rb"\s+\d+(?!\s+\d+\s+R)[^\d]")
OTHER_PACKING = _name("Predictor", "LZWDecode", "LZW", "ASCIIHexDecode", "AHx", "ASCII85Decode", "A85",
                      "RunLengthDecode", "RL")  # fmt: skip


def check_pdf(content: bytes) -> None:
    """Raises BadFile."""
    _check_end(content)
    if LOCKED.search(content):
        raise BadFile("locked")
    room = MOST_LINKS
    for objects in chain((content,), _packed(content)):
        room -= _links(objects, room)


def _links(objects: bytes, most: int) -> int:
    """How many are called like an act. Raises BadFile for an act, and for more than ``most``."""
    number = 0
    for number, one in enumerate(ACTS.finditer(objects), 1):
        if number > most:
            raise BadFile("beyond measure")
        if not IN_ADDRESS.search(objects, max(0, one.start() - BEFORE), one.start()):
            raise BadFile("active")
    return number


def _check_end(content: bytes) -> None:
    """It ends where it says it ends: after that there are blanks at most. Raises BadFile."""
    end = content.rfind(b"%%EOF")
    whole = end > 0 and b"startxref" in content[max(0, end - TAIL) : end]
    if not whole or content[end + len(b"%%EOF") :].strip(b"\r\n\t \x00"):
        raise BadFile("damaged")


def _packed(content: bytes) -> Iterable[bytes]:
    """What streams of objects unpack to. Raises BadFile."""
    room, unread, last = MOST_OBJECTS, len(content), 0
    for number, found in enumerate(STREAM.finditer(content)):
        if number == MOST_STREAMS:
            raise BadFile("beyond measure")
        described = content[max(last, found.start() - BEFORE) : found.start()]
        last, begin = found.end(), found.end()
        head, _ = _unpacked(content[begin : begin + 2 * PEEK], PEEK)
        if NUMBERS.match(head):
            objects, read = _unpacked(memoryview(content)[begin:], room)
            room, unread = room - len(objects), unread - read
            if room <= 0 or unread < 0:  # no stream is read twice, unless one lies in another
                raise BadFile("beyond measure")
            yield objects
        elif FIRST.search(described) and OTHER_PACKING.search(described):
            raise BadFile("damaged")


def _unpacked(packed: bytes | memoryview, most: int) -> tuple[bytes, int]:
    """Empty for what is packed in another way, and how many bytes were looked at. Block by block: what
    follows the stream is never copied.
    """
    opened, out, read = zlib.decompressobj(), bytearray(), 0
    try:
        while read < len(packed) and not opened.eof and len(out) < most:
            block = packed[read : read + BLOCK]
            read += len(block)
            out += opened.decompress(block, most - len(out))
    except zlib.error:
        return b"", read
    return bytes(out), read - len(opened.unused_data)
