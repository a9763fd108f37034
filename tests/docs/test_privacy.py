"""The register of processing in the documents is the one that the code makes."""

import re
from datetime import UTC, datetime

from database.privacy.register import PROCESSINGS, as_markdown
from database.privacy.registry import HOLDINGS
from database.privacy.retention import OF_FILES
from domain.platform.retention import Category
from rules.library import Library
from rules.terms import RETENTION, terms_in
from tests.architecture.sources import LAYERS, sources
from tests.ground import ROOT

CONSTANT = re.compile(r'^RETENTION = "(\w+)"', re.MULTILINE)
TERMS = terms_in(Library.load(ROOT / "rules").book(RETENTION), datetime(2031, 3, 3, tzinfo=UTC), "UTC")


def test_the_register_is_up_to_date() -> None:
    told = (ROOT / "docs" / "privacy.md").read_text("utf-8")
    assert as_markdown(TERMS) in told, "end docs/privacy.md with what `echeance privacy register` prints"


def test_every_table_belongs_to_a_processing_and_every_period_is_used() -> None:
    known = {one.name for one in PROCESSINGS}
    assert {one.processing for one in HOLDINGS} <= known
    used = {Category(one.term) for one in HOLDINGS if one.term}
    used |= {category for one in PROCESSINGS for category in one.terms}
    assert used == set(Category)


def test_files_are_kept_under_a_category_of_the_book() -> None:
    """A file of another name would never be removed."""
    named = {one for source in sources(*LAYERS) for one in CONSTANT.findall(source.text)}
    assert {"document", "report"} <= named <= {category.value for category in OF_FILES}
