"""Photos: measured before they are unpacked, unpacked whole, and copied without what the camera knows."""

import io
import re
import struct

from PIL import Image, ImageOps

from domain.upload import JPEG, MOST_PIXELS, PNG, WEBP, BadFile

FORMATS = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP"}
LONGEST_SIDE = 2560
"""Of the copy for others; on paper, 21 cm at 300 dots per inch."""

MOST_SCANS = 50
"""Of a progressive JPEG; cameras and programs write some ten."""

MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""The next one, as decoders find it: whatever is between is passed over."""

SCAN, END, ALONE = 0xDA, 0xD9, 0x01

# Pillow's own limit only warns: ours is asked below, before a pixel is unpacked.
Image.MAX_IMAGE_PIXELS = None


def check_photo(content: bytes, media_type: str) -> bytes:
    """The copy for others: upright, at most 2560 pixels long, without place, time and comments.

    Raises BadFile.
    """
    _check_end(content, media_type)
    if media_type == JPEG:
        _check_scans(content)
    try:
        with Image.open(io.BytesIO(content), formats=[FORMATS[media_type]]) as photo:
            if photo.width * photo.height > MOST_PIXELS:
                raise BadFile("beyond measure")
            photo.load()
            return _copy(photo, media_type)
    except BadFile:
        raise
    except Exception:  # whatever a hostile picture makes a decoder raise
        raise BadFile("damaged") from None


def _copy(photo: Image.Image, media_type: str) -> bytes:
    upright = ImageOps.exif_transpose(photo)
    profile = upright.info.get("icc_profile")
    if media_type == JPEG and upright.mode not in {"RGB", "L"}:
        upright = upright.convert("RGB")
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE), reducing_gap=2.0)
    upright.info.clear()
    out = io.BytesIO()
    upright.save(out, FORMATS[media_type], quality=85, method=2, icc_profile=profile)
    return out.getvalue()


def _check_end(content: bytes, media_type: str) -> None:
    """Nothing follows the end of a picture. (Phones do put a film behind a JPEG.) Raises BadFile."""
    if media_type == WEBP:
        (length,) = struct.unpack("<I", content[4:8])
        if length + 8 + length % 2 != len(content):
            raise BadFile("damaged")
    if media_type == PNG and _end_of_png(content) != len(content):
        raise BadFile("damaged")


def _check_scans(content: bytes) -> None:
    """Each scan goes over all pixels and may take a few bytes only: thousands would hold us up for hours.

    Raises BadFile.
    """
    place, scans = 2, 0
    while scans <= MOST_SCANS and (found := MARKER.search(content, place)):
        kind, place = content[found.end() - 1], found.end()
        if kind == END:
            return
        if kind != ALONE:
            place += int.from_bytes(content[place : place + 2], "big")
        scans += kind == SCAN
    if scans > MOST_SCANS:
        raise BadFile("beyond measure")


def _end_of_png(content: bytes) -> int:
    """After its chunk IEND; -1 when it has none."""
    place = 8
    while place + 12 <= len(content):
        length: int = struct.unpack(">I", content[place : place + 4])[0]
        kind = content[place + 4 : place + 8]
        place += 12 + length
        if kind == b"IEND":
            return place
    return -1
