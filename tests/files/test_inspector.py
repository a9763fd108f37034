"""What is handed in is what it says, one thing only, of bearable size, under a harmless name."""

import io
import struct
import time
import zipfile
import zlib

import pytest
import typst
from hypothesis import given
from hypothesis import strategies as some
from PIL import Image

from adapters.uploads.inspector import UploadInspector
from domain.upload import (
    DOCX,
    ENDINGS,
    JPEG,
    LARGEST,
    MOST_UNPACKED,
    ODT,
    PDF,
    PHOTOS,
    PNG,
    REFUSALS,
    BadFile,
    Checked,
    Given,
    checked_name,
)
from tests.files import samples
from tests.files.samples import WORD_TYPES, archive, nested_streams, odt, packed_pdf, pdf, photo, word

EXE = b"MZ" + bytes(200)
JAR = archive({"META-INF/MANIFEST.MF": b"Main-Class: X", "X.class": b"\xca\xfe\xba\xbe"})


async def check(name: str, content: bytes, accepted: frozenset[str] = frozenset(ENDINGS)) -> Checked:
    return await UploadInspector().check(Given(name, content, accepted))


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("rapport.pdf", pdf(), PDF), ("Mémoire d’été (v2).PDF", pdf(), PDF), ("rapport.docx", word(), DOCX),
        ("rapport.odt", odt(), ODT), ("photo.jpg", photo(), JPEG), ("photo.jpeg", photo(), JPEG),
        ("plan.png", photo(form="PNG"), PNG), ("plan.webp", photo(form="WEBP"), "image/webp"),
        ("plage.jpg", samples.endless_jpeg(0), JPEG),
        ("téléphone.jpg", photo() + b"\0" * 50 + b"ftypmp42 a film behind the picture", JPEG),
        ("revu.pdf", pdf() + b"2 0 obj<<>>endobj\nstartxref\n99\n%%EOF\r\n", PDF),
    ],
)  # fmt: skip
async def test_honest_files_are_taken_as_they_are(name: str, content: bytes, media_type: str) -> None:
    found = await check(name, content)
    assert (found.name, found.media_type, found.content) == (name, media_type, content)
    assert bool(found.shown) == (media_type in PHOTOS)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("rapport.pdf", EXE, "kind"), ("rapport.pdf", b"<html><script>alert(1)</script>", "kind"),
        ("rapport.pdf", b"#!/bin/sh\nrm -rf /", "kind"), ("photo.jpg", b"<svg onload=alert(1)>", "kind"),
        ("photo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "kind"), ("x.docx", JAR, "kind"),
        ("x.docx", archive({"a.txt": b"x"}), "kind"), ("old.doc", b"\xd0\xcf\x11\xe0" + bytes(600), "kind"),
        ("rapport.pdf", photo(), "ending"), ("photo.jpg", pdf(), "ending"), ("x.odt", word(), "ending"),
        ("rapport.pdf.exe", pdf(), "ending"), ("rapport", pdf(), "ending"), ("rapport.pdf", b"", "empty"),
        ("rapport.pdf", pdf(b"x" * LARGEST), "large"),
    ],
)  # fmt: skip
async def test_disguised_files_are_refused(name: str, content: bytes, reason: str) -> None:
    with pytest.raises(BadFile) as refused:
        await check(name, content)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "content",
    [
        pdf() + word(), pdf() + b"<script>alert(1)</script>", b"GIF89a" + pdf(), b"\n" + pdf(),
        pdf(b"<script>alert(1)</script>"), pdf(b"<!DOCTYPE html><html>"), pdf()[:-8],
        b"%PDF-1.7\n%%EOF",
    ],
)  # fmt: skip
async def test_two_files_in_one_are_none(content: bytes) -> None:
    with pytest.raises(BadFile) as refused:
        await check("rapport.pdf", content)
    assert refused.value.reason == "damaged"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("p.jpg", photo() + word()), ("p.jpg", photo()[:400]), ("p.png", photo(form="PNG") + b"x"),
        ("p.png", photo(form="PNG")[:-20]), ("p.webp", photo(form="WEBP") + b"xx"),
        ("p.jpg", b"\xff\xd8\xff"),
        ("p.jpg", photo()[:20] + pdf() + photo()[20:]), ("p.docx", word()[:-5]), ("p.docx", word() + b"x"),
        ("p.docx", b"PK\x03\x04" + EXE + word()), ("p.docx", word(**{"../../x": b"1"})),
        ("p.docx", word(**{"/etc/x": b"1"})), ("p.docx", word(**{"a\\..\\x": b"1"})),
    ],
)  # fmt: skip
async def test_polyglots_and_broken_files_are_refused(name: str, content: bytes) -> None:
    with pytest.raises(BadFile) as refused:
        await check(name, content)
    assert refused.value.reason == "damaged"


@pytest.mark.parametrize(
    "content",
    [
        word(**{"word/vbaProject.bin": b"x"}), word(**{"word/embeddings/setup.EXE": b"x"}),
        odt(**{"Basic/Standard/Module1.xml": b"x"}),
        archive({"[Content_Types].xml": WORD_TYPES.replace(b"document.main", b"document.macroEnabled.main")}),
    ],
)  # fmt: skip
async def test_programs_inside_documents_are_refused(content: bytes) -> None:
    with pytest.raises(BadFile) as refused:
        await check("rapport.docx", content)
    assert refused.value.reason == "program"


SCRIPT = b"7 0 << /S /JavaScript /JS (app.alert(1)) >>"


@pytest.mark.parametrize(
    "content",
    [
        pdf(b"<< /S /JavaScript /JS (app.alert(1)) >>"), pdf(b"<< /S /Launch /F (cmd.exe) >>"),
        pdf(b"<< /S/Java#53#63ript >>"), pdf(b"\n/A://S/JavaScript"),
        pdf(b"<< /Names << /EmbeddedFiles 3 0 R >> >>"), pdf(b"<</XFA 4 0 R>>"),
        packed_pdf(SCRIPT), packed_pdf(SCRIPT.replace(b"JavaScript", b"J#61vaScrip#74")),
        packed_pdf(b"7 0 " + b" " * 4_000_000 + SCRIPT[4:]),
    ],
)  # fmt: skip
async def test_a_pdf_that_acts_by_itself_is_refused(content: bytes) -> None:
    with pytest.raises(BadFile) as refused:
        await check("rapport.pdf", content)
    assert refused.value.reason == "active"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (packed_pdf(SCRIPT, b"/Filter /ASCIIHexDecode", SCRIPT.hex().encode() + b">"), "damaged"),
        (packed_pdf(b"\2" + SCRIPT, b"/Filter/FlateDecode/DecodeParms<</Predictor 12>>"), "damaged"),
        (packed_pdf(b"7 0 " + bytes(60_000_000)), "beyond measure"), (pdf(b"<< /Encrypt 5 0 R >>"), "locked"),
        (pdf(b"stream\n" * 30_001), "beyond measure"),
        (pdf(b"(a:///Launch " * 1_500_000), "beyond measure"),
        (pdf(packed_pdf(b"1 0 " + b"(a:///Launch " * 2_900) * 2), "beyond measure"),
        (pdf(nested_streams(3_000)), "beyond measure"),
    ],
)  # fmt: skip
async def test_a_pdf_that_cannot_be_looked_through_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(BadFile) as refused:
        await check("rapport.pdf", content)
    assert refused.value.reason == reason


async def test_a_pdf_of_many_parts_is_looked_through_soon() -> None:
    objects = zlib.compress(b"7 0 << /Type /Page >>" + b" " * 5_000)
    part = b"2 0 obj << /First 4 /N 1 >>\nstream\n%b\nendstream endobj\n" % objects
    head, end = b"%PDF-1.7\n", b"startxref\n9\n%%EOF\n"
    began = time.process_time()
    await check("rapport.pdf", head + part * 9_000 + bytes(15_000_000) + end)
    assert time.process_time() - began < 5


async def test_what_leads_within_a_pdf_or_to_a_page_of_the_web_is_no_harm() -> None:
    link = b"<< /S /URI /URI (https://example.org/docs/JavaScript) >> << /OpenAction [3 0 R /Fit] >>"
    page = '#link("https://example.org/docs/JavaScript/Launch")[JavaScript]\n= Un\n= Deux'
    for content in (pdf(link), packed_pdf(b"7 0 " + link), typst.compile(page.encode())):
        assert (await check("rapport.pdf", content)).media_type == PDF


async def test_a_photo_as_telephones_keep_it_is_told_how_to_be_sent() -> None:
    with pytest.raises(BadFile, match="Most Compatible") as refused:
        await check("IMG_0042.HEIC", b"\0\0\0\x18ftypheic" + bytes(400))
    assert "Le plus compatible" in refused.value.sentence.fr


async def test_bombs_are_refused_before_they_go_off() -> None:
    began = time.process_time()
    for name, content in (
        ("p.png", samples.bomb_png()),
        ("x.docx", word(**{"word/media/a.bin": bytes(MOST_UNPACKED)})),
        ("x.docx", archive({"[Content_Types].xml": WORD_TYPES, **{f"word/{n}": b"" for n in range(6000)}})),
        ("x.docx", samples.overlapping()),
        ("p.jpg", samples.endless_jpeg(2000)),
        ("p.jpg", samples.endless_jpeg(2000, b"\xff\xff\xff")),
        ("p.jpg", samples.endless_jpeg(2000, b"noise\xff\x00")),
    ):
        with pytest.raises(BadFile) as refused:
            await check(name, content)
        assert refused.value.reason == "beyond measure"
    assert time.process_time() - began < 10


async def test_an_archive_that_lies_about_its_size_is_refused() -> None:
    honest = word(**{"word/media/a.bin": bytes(1_000_000)})
    lying = honest.replace(struct.pack("<I", 1_000_000), struct.pack("<I", 1_000))
    assert lying != honest
    with pytest.raises(BadFile) as refused:
        await check("x.docx", lying)
    assert refused.value.reason == "damaged"


async def test_an_archive_under_a_password_is_refused() -> None:
    content = bytearray(word())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        begin = -1
        while (begin := content.find(mark, begin + 1)) >= 0:
            content[begin + at] |= 1
    with pytest.raises(BadFile) as refused:
        await check("x.docx", bytes(content))
    assert refused.value.reason == "locked"


async def test_others_see_a_photo_upright_and_without_what_the_camera_knows() -> None:
    content = photo(4000, 1000, secret="Jeanne Secrète", turned=6)
    found = await check("photo.jpg", content)
    assert b"Jeanne" in found.content
    assert b"Jeanne" not in found.shown
    with Image.open(io.BytesIO(found.shown)) as shown:
        assert not shown.getexif()
        assert shown.info.get("comment") is None
        assert shown.width < shown.height <= 2560


async def test_no_picture_is_lost_on_colours_or_transparency() -> None:
    for form, name, modes in (("JPEG", "p.jpg", ("CMYK", "L")), ("PNG", "p.png", ("RGBA", "P", "1", "I;16"))):
        for mode in modes:
            out = io.BytesIO()
            Image.new(mode, (30, 20)).save(out, form)
            assert (await check(name, out.getvalue())).shown, mode


@pytest.mark.parametrize(
    "name",
    ["", " ", ".", "..", ".htaccess", "../../etc/passwd", "a/b.pdf", "a\\b.pdf", "C:\\x.pdf", "a\x00.pdf",
     "rapport\u202efdp.exe", "a\u200b.pdf", "a\n.pdf", "a\r\nSet-Cookie: x.pdf", "nul", "NUL.pdf", "con.pdf",
     "COM1.pdf", "lpt9.docx", "aux.tar.pdf", "a:b.pdf", "a?.pdf", "a*.pdf", 'a".pdf', "<b>.pdf", "a|b.pdf",
     "x" * 117 + ".pdf", "rapport.pdf.", "\ud800.pdf", "a\u2028.pdf"],
)  # fmt: skip
async def test_names_that_do_harm_somewhere_are_refused(name: str) -> None:
    with pytest.raises(BadFile):
        await check(name, pdf())


@given(some.text(max_size=150))
def test_no_name_passes_that_leads_elsewhere(name: str) -> None:
    try:
        kept = checked_name(name)
    except BadFile:
        return
    assert kept
    assert not set(kept) & set('/\\:\0\r\n"<>|?*')
    assert kept.encode()
    assert checked_name(kept) == kept


@given(some.binary(max_size=400), some.sampled_from([pdf(), photo(), photo(form="PNG"), word(), odt()]))
async def test_whatever_comes_in_is_taken_or_refused_and_nothing_else(noise: bytes, honest: bytes) -> None:
    for content in (noise, honest[: len(noise)] + noise, honest[:40] + noise + honest[40:]):
        for name in ("x.pdf", "x.jpg", "x.png", "x.docx", "x.odt"):
            try:
                assert (await check(name, content)).content == content
            except BadFile as refused:
                assert refused.sentence.fr  # noqa: PT017


def test_every_refusal_is_said_in_both_languages() -> None:
    for reason in REFUSALS:
        refused = BadFile(reason)
        assert refused.sentence.fr.endswith(".")
        assert refused.sentence.en.endswith(".")
        assert refused.mistakes[0].field == "file"


async def test_a_photo_of_twelve_million_pixels_takes_less_than_three_seconds() -> None:
    content = photo(4000, 3000)
    began = time.perf_counter()
    found = await check("photo.jpg", content)
    assert time.perf_counter() - began < 3
    assert len(found.shown) < len(found.content)


def test_samples_are_what_they_claim() -> None:
    assert zipfile.ZipFile(io.BytesIO(word())).testzip() is None
    with Image.open(io.BytesIO(photo(secret="x"))) as one:
        assert one.getexif().get_ifd(0x8825)
