"""Files as people send them, and as attackers do."""

import io
import struct
import zipfile
import zlib

from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from domain.upload import ODT

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
WORD_TYPES = (
    b'<?xml version="1.0"?><Types><Override PartName="/word/document.xml" ContentType='
    b'"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)


def pdf(text: bytes = b"Rapport") -> bytes:
    return b"%PDF-1.7\n1 0 obj<<>>endobj\n%" + text + b"\ntrailer<<>>\nstartxref\n9\n%%EOF\n"


def packed_pdf(objects: bytes, described: bytes = b"/Filter /FlateDecode", packed: bytes = b"") -> bytes:
    """Its objects are in a stream, as programs write them since PDF 1.5."""
    data = packed or zlib.compress(objects)
    head = b"2 0 obj\n<< /Type /ObjStm /N 1 /First 4 %b /Length %d >>\nstream\n" % (described, len(data))
    return b"%PDF-1.7\n" + head + data + b"\nendstream\nendobj\ntrailer<<>>\nstartxref\n9\n%%EOF\n"


def nested_streams(number: int) -> bytes:
    """Each goes on through all that follow it, to the end."""
    inner = b"7 0 1 stream\n\x78\x01"
    block = b"\0" + struct.pack("<HH", len(inner), len(inner) ^ 0xFFFF) + inner
    return inner + block * number + b"\0\0\0\xff\xff" * 2_000_000


def archive(parts: dict[str, bytes], pack: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", pack) as made:
        for name, content in parts.items():
            made.writestr(zipfile.ZipInfo(name), content, pack)
    return out.getvalue()


def word(**more: bytes) -> bytes:
    return archive({"[Content_Types].xml": WORD_TYPES, "word/document.xml": b"<w:document/>", **more})


def odt(**more: bytes) -> bytes:
    return archive({"mimetype": ODT.encode(), "content.xml": b"<office/>", **more})


def photo(width: int = 64, height: int = 48, form: str = "JPEG", secret: str = "", turned: int = 1) -> bytes:
    image = Image.effect_noise((width, height), 60).convert("RGB")
    exif = Image.Exif()
    if secret:
        exif[0x013B] = secret  # artist
        exif.get_ifd(0x8825)[2] = (IFDRational(48), IFDRational(51), IFDRational(0))  # where it was taken
    exif[0x0112] = turned
    out = io.BytesIO()
    comment = {"comment": secret.encode()} if form == "JPEG" else {}
    image.save(out, form, exif=exif, **comment)
    return out.getvalue()


def bomb_png(side: int = 20_000) -> bytes:
    """Some kilobytes that claim 400 million pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    size = side.to_bytes(4, "big")
    head = chunk(b"IHDR", size + size + bytes([8, 2, 0, 0, 0]))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(100_000))) + chunk(b"IEND", b"")


def endless_jpeg(times: int, between: bytes = b"") -> bytes:
    """A progressive picture whose last scan, of some hundred bytes, comes again and again."""
    out = io.BytesIO()
    Image.new("RGB", (1600, 1200), "teal").save(out, "JPEG", progressive=True)
    whole = out.getvalue()
    last = whole.rfind(b"\xff\xda")
    return whole[:-2] + (between + whole[last:-2]) * times + whole[-2:]


def overlapping(times: int = 50) -> bytes:
    """Many entries of a table of contents that all unpack the same bytes."""
    single = archive({"[Content_Types].xml": WORD_TYPES, "word/a.bin": bytes(1_000_000)})
    end = single.rfind(b"PK\x05\x06")
    begin = int.from_bytes(single[end + 16 : end + 20], "little")
    table = single[begin:end]
    second = table[table.rfind(b"PK\x01\x02") :]
    copies = b"".join(second.replace(b"word/a.bin", f"word/{n:05}"[:10].encode()) for n in range(times))
    whole = table + copies
    count = (2 + times).to_bytes(2, "little")
    tail = single[end : end + 8] + count + count + len(whole).to_bytes(4, "little") + single[end + 16 :]
    return single[:begin] + whole + tail
