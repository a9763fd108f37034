"""The virus scan: what is not answered is not clean."""

from pathlib import Path

import pytest

from adapters.clamd import Clamd
from adapters.local.ports import choose_port
from domain.file import ScannerDown
from tests.files.clamd_twin import serve_clamd
from tests.files.samples import EICAR, pdf


async def test_clean_and_infected_files_are_told_apart(tmp_path: Path) -> None:
    for path in ("", str(tmp_path / "clamd.ctl")):
        async with serve_clamd(path) as twin:
            scanner = Clamd(twin.url)
            assert await scanner.finding(pdf()) == ""
            assert await scanner.finding(pdf(EICAR)) == "Eicar-Signature"
            large = b"x" * 5_000_000
            assert await scanner.finding(large + EICAR) == "Eicar-Signature"
            assert twin.seen == [len(pdf()), len(pdf(EICAR)), len(large + EICAR)]


@pytest.mark.parametrize("mood", ["silent", "odd"])
async def test_an_answer_that_is_none_is_not_clean(mood: str) -> None:
    async with serve_clamd() as twin:
        twin.mood = mood
        with pytest.raises(ScannerDown):
            await Clamd(twin.url).finding(pdf())


async def test_a_file_beyond_its_limit_is_not_clean() -> None:
    async with serve_clamd() as twin:
        twin.limit = 100
        with pytest.raises(ScannerDown):
            await Clamd(twin.url).finding(b"x" * 1_000_000)


async def test_one_that_is_not_there_is_down() -> None:
    port, _ = choose_port(0)
    for url in (f"tcp://127.0.0.1:{port}", "unix:///nowhere/clamd.ctl"):
        with pytest.raises(ScannerDown):
            await Clamd(url).finding(b"x")
