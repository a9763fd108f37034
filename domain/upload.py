"""What people may hand in: which kinds, how large, under which names."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.decision import Bilingual
from domain.errors import BadInput, Mistake

MEGABYTE = 1024 * 1024
LARGEST = 20 * MEGABYTE
LONGEST_NAME = 120
MOST_PIXELS = 50_000_000
MOST_UNPACKED = 200 * MEGABYTE
MOST_ENTRIES = 5_000

PDF, JPEG, PNG, WEBP = "application/pdf", "image/jpeg", "image/png", "image/webp"
_OFFICE = "application/vnd.openxmlformats-officedocument"
DOCX = f"{_OFFICE}.wordprocessingml.document"
XLSX = f"{_OFFICE}.spreadsheetml.sheet"
PPTX = f"{_OFFICE}.presentationml.presentation"
_OPEN = "application/vnd.oasis.opendocument"
ODT, ODS, ODP = f"{_OPEN}.text", f"{_OPEN}.spreadsheet", f"{_OPEN}.presentation"

ENDINGS: Mapping[str, tuple[str, ...]] = {
    PDF: (".pdf",), JPEG: (".jpg", ".jpeg"), PNG: (".png",), WEBP: (".webp",), DOCX: (".docx",),
    XLSX: (".xlsx",), PPTX: (".pptx",), ODT: (".odt",), ODS: (".ods",), ODP: (".odp",),
}  # fmt: skip
"""The kinds that we know to check, with the endings that their names may have."""

PHOTOS = frozenset({JPEG, PNG, WEBP})
REPORTS = frozenset(ENDINGS)

RESERVED = re.compile(
    r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|clock\$|conin\$|conout\$)(\..*)?", re.IGNORECASE
)
"""Windows opens a device under these names, whatever their ending."""

FORBIDDEN = re.compile(r'[<>:"/\\|?*]')

LIST = "PDF, Word, Excel, PowerPoint, OpenDocument, JPEG, PNG, WebP"


@dataclass(frozen=True)
class Given:
    """A file as it came in. ``accepted`` are the kinds that are taken here."""

    name: str
    content: bytes = field(repr=False)
    accepted: frozenset[str] = REPORTS


@dataclass(frozen=True)
class Checked:
    """``shown`` is a photo's copy for others: upright, and without what the camera wrote into it."""

    name: str
    media_type: str
    content: bytes = field(repr=False)
    shown: bytes = field(default=b"", repr=False)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


REFUSALS: Mapping[str, tuple[str, str, str, str]] = {
    "no name": (
        "le fichier n’a pas de nom valable", "renommez-le, par exemple rapport.pdf",
        "the file has no valid name", "rename it, to report.pdf for example",
    ),
    "long name": (
        "le nom du fichier est trop long", f"abrégez-le à {LONGEST_NAME} lettres au plus",
        "the name of the file is too long", f"shorten it to {LONGEST_NAME} letters at most",
    ),
    "sign": (
        "le nom du fichier contient un signe interdit", "renommez-le, par exemple rapport.pdf",
        "the name of the file has a forbidden sign", "rename it, to report.pdf for example",
    ),
    "reserved": (
        "Windows réserve ce nom de fichier", "renommez-le, par exemple rapport.pdf",
        "Windows reserves this name of a file", "rename it, to report.pdf for example",
    ),
    "empty": (
        "le fichier est vide", "choisissez-en un autre", "the file is empty", "choose another one",
    ),
    "large": (
        "le fichier est trop lourd", f"réduisez-le à {LARGEST // MEGABYTE} Mo au plus",
        "the file is too large", f"reduce it to {LARGEST // MEGABYTE} MB at most",
    ),
    "kind": (
        "ce type de fichier n’est pas accepté", f"envoyez-en un de ces types : {LIST}",
        "this kind of file is not accepted", f"send one of these kinds: {LIST}",
    ),
    "ending": (
        "le nom du fichier ne correspond pas à son contenu", "gardez le nom que donne son logiciel",
        "the name of the file does not fit its content", "keep the name that its program gives",
    ),
    "damaged": (
        "le fichier est endommagé, ou deux fichiers en un", "enregistrez-le à nouveau depuis son logiciel",
        "the file is damaged, or two files in one", "save it again from its program",
    ),
    "beyond measure": (
        "ce qu’il contient est démesuré", "réduisez ses images et enregistrez-le à nouveau",
        "what is inside is beyond measure", "reduce its images and save it again",
    ),
    "program": (
        "le fichier contient un programme (macro)", "enregistrez-le sans macros",
        "the file contains a program (macro)", "save it without macros",
    ),
    "active": (
        "le PDF contient un script, une action ou un fichier joint", "imprimez-le en PDF et envoyez celui-ci",
        "the PDF contains a script, an action or an attached file", "print it to PDF and send that one",
    ),
    "heic": (
        "les photos HEIC ne sont pas acceptées",
        "envoyez-la en JPEG (iPhone : Réglages, Appareil photo, Formats, Le plus compatible)",
        "HEIC photos are not accepted",
        "send it as JPEG (iPhone: Settings, Camera, Formats, Most Compatible)",
    ),
    "locked": (
        "le fichier est protégé par un mot de passe", "enregistrez-le sans protection",
        "the file is protected by a password", "save it without protection",
    ),
    "infected": (
        "l’antivirus refuse ce fichier", "vérifiez votre appareil et envoyez un fichier sain",
        "the virus scan refuses this file", "check your device and send a clean file",
    ),
}  # fmt: skip
"""What is wrong and what mends it, in French and in English."""


class BadFile(BadInput):
    """A file that is not taken; ``sentence`` tells it on the page that people hand it in on."""

    def __init__(self, reason: str) -> None:
        problem_fr, mend_fr, problem, mend = REFUSALS[reason]
        super().__init__(Mistake("file", problem, mend))
        self.reason = reason
        self.sentence = Bilingual(_begun(f"{problem_fr} : {mend_fr}."), _begun(f"{problem}: {mend}."))


def _begun(sentence: str) -> str:
    return f"{sentence[0].upper()}{sentence[1:]}"


def checked_name(given: str) -> str:
    """The name as its author wrote it, if it is harmless wherever it may be saved. Raises BadFile."""
    name = unicodedata.normalize("NFC", given).strip()
    if not name or name.startswith(".") or name.endswith("."):
        raise BadFile("no name")
    if len(name) > LONGEST_NAME:
        raise BadFile("long name")
    if FORBIDDEN.search(name) or not all(_is_plain(letter) for letter in name):
        raise BadFile("sign")
    if RESERVED.fullmatch(name):
        raise BadFile("reserved")
    return name


def _is_plain(letter: str) -> bool:
    """No control, nothing invisible, nothing that turns the direction of writing."""
    return unicodedata.category(letter) not in {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}


def check_size(content: bytes) -> None:
    """Raises BadFile."""
    if not content:
        raise BadFile("empty")
    if len(content) > LARGEST:
        raise BadFile("large")


def check_kind(name: str, media_type: str, accepted: frozenset[str]) -> None:
    """The name must say what the content is. Raises BadFile."""
    if media_type not in accepted:
        raise BadFile("kind")
    if not name.lower().endswith(ENDINGS[media_type]):
        raise BadFile("ending")
