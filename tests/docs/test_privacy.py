"""The register of processing in the documents is the one that the code makes."""

from datetime import UTC, datetime

from database.privacy.register import PROCESSINGS, as_markdown
from database.privacy.registry import HOLDINGS
from domain.platform.retention import Category
from rules.library import Library
from rules.terms import RETENTION, terms_in
from tests.ground import ROOT

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
