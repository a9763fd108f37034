"""Office documents: archives with a known table of contents, unpacked once to see that they say the truth."""

import io
import struct
import zipfile
from collections.abc import Sequence

from domain.upload import DOCX, MOST_ENTRIES, MOST_UNPACKED, ODP, ODS, ODT, PPTX, XLSX, BadFile

END = struct.Struct("<4s4H2LH")
"""The record at the end of an archive (PKWARE APPNOTE, 4.3.16)."""

LARGEST_TABLE = MOST_ENTRIES * 300
LARGEST_KIND = 1024 * 1024
TYPES = "[Content_Types].xml"
MIMETYPE = "mimetype"
MAIN_PARTS = {
    b"wordprocessingml.document.main+xml": DOCX,
    b"spreadsheetml.sheet.main+xml": XLSX,
    b"presentationml.presentation.main+xml": PPTX,
}
OPEN = frozenset({ODT, ODS, ODP})
PROGRAMS = (".exe", ".dll", ".scr", ".com", ".bat", ".cmd", ".ps1", ".vbs", ".js", ".jar", ".lnk", ".hta")
MACROS = ("vbaproject.bin", "vbadata.xml")
MACRO_FOLDERS = ("basic/", "scripts/", "xl/macrosheets/")


def check_archive(content: bytes) -> str:
    """Its media type. Raises BadFile."""
    _check_ends(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _check_entries(entries)
            kind = _kind_of(archive, {entry.filename for entry in entries})
            _unpack(archive, entries)
    except BadFile:
        raise
    except Exception:  # whatever a hostile archive makes the reader raise
        raise BadFile("damaged") from None
    return kind


def _check_ends(content: bytes) -> None:
    """One archive from the first byte to the last, with a table of contents of a size that can be read."""
    at = content.rfind(b"PK\x05\x06", max(0, len(content) - END.size - 65_535))
    if at < 0 or at + END.size > len(content):
        raise BadFile("damaged")
    *_, size, begin, comment = END.unpack(content[at : at + END.size])
    if begin + size != at or at + END.size + comment != len(content):
        raise BadFile("damaged")
    if size > LARGEST_TABLE:
        raise BadFile("beyond measure")


def _check_entries(entries: Sequence[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise BadFile("beyond measure")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise BadFile("locked")
    names = [entry.filename for entry in entries]
    if len(set(names)) < len(names) or any(_leads_away(entry.orig_filename) for entry in entries):
        raise BadFile("damaged")
    if any(_is_program(name.lower()) for name in names):
        raise BadFile("program")
    _check_apart(entries)


def _check_apart(entries: Sequence[zipfile.ZipInfo]) -> None:
    """Entries that share their bytes are how a small archive unpacks to a huge one."""
    end = 0
    for entry in sorted(entries, key=lambda one: one.header_offset):
        if entry.header_offset < end:
            raise BadFile("beyond measure")
        end = entry.header_offset + 30 + len(entry.orig_filename) + entry.compress_size


def _leads_away(name: str) -> bool:
    return name.startswith("/") or "\\" in name or "\0" in name or ".." in name.split("/")


def _is_program(name: str) -> bool:
    return name.endswith(PROGRAMS) or name.endswith(MACROS) or name.startswith(MACRO_FOLDERS)


def _kind_of(archive: zipfile.ZipFile, names: set[str]) -> str:
    if TYPES in names:
        types = _small(archive, TYPES)
        if b"macroEnabled" in types:
            raise BadFile("program")
        found = [kind for mark, kind in MAIN_PARTS.items() if mark in types]
        if len(found) == 1:
            return found[0]
    elif MIMETYPE in names:
        kind = _small(archive, MIMETYPE).decode("ascii").strip()
        if kind in OPEN:
            return kind
    raise BadFile("kind")


def _small(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        text = part.read(LARGEST_KIND + 1)
    if len(text) > LARGEST_KIND:
        raise BadFile("beyond measure")
    return text


def _unpack(archive: zipfile.ZipFile, entries: Sequence[zipfile.ZipInfo]) -> None:
    """To its end, and nothing kept: what unpacks to another size or sum than it says is refused."""
    for entry in entries:
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise BadFile("damaged")
        with archive.open(entry) as part:
            while part.read(1 << 20):
                pass
