"""What people hand in, looked at: by its content first, then by its name.

Only kinds that we can check are taken: a name and a declared type prove nothing. A file must be of one kind
alone, so that no other program reads another file in it.
"""

import asyncio
import io
import zipfile

from adapters.uploads.archives import check_archive
from adapters.uploads.pdfs import check_pdf
from adapters.uploads.photos import check_photo
from domain.upload import (
    JPEG,
    PDF,
    PHOTOS,
    PNG,
    WEBP,
    BadFile,
    Checked,
    Given,
    check_kind,
    check_size,
    checked_name,
)

AT_ONCE = 2
"""Photos are unpacked in memory: 50 million pixels take 150 MB."""

HEAD = 1024
ARCHIVE = "zip"
HEIF = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"))
MARKUP = (b"<!doctype", b"<html", b"<script", b"<svg", b"<?php", b"<iframe")


class UploadInspector:
    def __init__(self) -> None:
        self._room = asyncio.Semaphore(AT_ONCE)

    async def check(self, given: Given) -> Checked:
        """Raises BadFile."""
        check_size(given.content)
        name = checked_name(given.name)
        async with self._room:
            return await asyncio.to_thread(_checked, name, given)


def _checked(name: str, given: Given) -> Checked:
    content, shown = given.content, b""
    media_type = _signature(content)
    if media_type == ARCHIVE:
        media_type = check_archive(content)
    elif _is_two(content, media_type):
        raise BadFile("damaged")
    check_kind(name, media_type, given.accepted)
    if media_type in PHOTOS:
        shown = check_photo(content, media_type)
    elif media_type == PDF:
        check_pdf(content)
    return Checked(name, media_type, content, shown)


def _signature(content: bytes) -> str:
    """Strict where other readers are lenient: a signature stands at the very beginning. Raises BadFile."""
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return WEBP
    if content.startswith(b"PK\x03\x04"):
        return ARCHIVE
    if content[4:8] == b"ftyp" and content[8:12] in HEIF:
        raise BadFile("heic")
    raise BadFile("damaged" if b"%PDF-" in content[:HEAD] else "kind")


def _is_two(content: bytes, media_type: str) -> bool:
    """An archive is found from its end, PDF and markup anywhere in the first bytes."""
    head = content[:HEAD].lower()
    return (
        zipfile.is_zipfile(io.BytesIO(content))
        or (media_type != PDF and b"%pdf-" in head)
        or any(mark in head for mark in MARKUP)
    )
