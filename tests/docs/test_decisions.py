"""Decision records: numbered without gaps, listed, and short enough to be read."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "decisions"
RECORDS = sorted(FOLDER.glob("[0-9]*.md"))


def direct_dependencies(file: str) -> set[str]:
    lines = (ROOT / file).read_text("utf-8").splitlines()
    names = (re.match(r"[a-z0-9-]+", line) for line in lines if line and line[0] not in "#-")
    return {match.group() for match in names if match}


def test_numbers_have_no_gap() -> None:
    assert [int(record.name[:4]) for record in RECORDS] == list(range(1, len(RECORDS) + 1))


def test_each_is_listed() -> None:
    listed = re.findall(r"\((\d{4}-[a-z0-9-]+\.md)\)", (FOLDER / "README.md").read_text("utf-8"))
    assert listed == [record.name for record in RECORDS]


def test_each_fits_on_a_page_and_has_the_three_parts() -> None:
    for record in RECORDS:
        text = record.read_text("utf-8")
        assert text.startswith(f"# {int(record.name[:4])}. "), record.name
        assert len(text.split()) < 500, record.name
        for part in ("**Context.**", "**Decision.**", "**Consequences.**"):
            assert part in text, record.name


def test_each_direct_dependency_has_its_reason() -> None:
    explained = set(
        re.findall(r"^- \*\*([a-z0-9-]+)\*\*: \S", (FOLDER / "dependencies.md").read_text(), re.M)
    )
    assert explained == direct_dependencies("requirements.in") | direct_dependencies("requirements-dev.in")


def test_locks_name_no_address_and_hash_everything() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text("utf-8")
        assert "://" not in text
        packages = re.findall(r"^[A-Za-z0-9._-]+==", text, re.MULTILINE)
        assert len(packages) == len(re.findall(r"^[A-Za-z0-9._-]+==.* \\\n +--hash=", text, re.MULTILINE))
