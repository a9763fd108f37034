"""The page on which a student hands in, in a real browser: the form, its policy and the file get along."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.async_api import Page, async_playwright, expect

from adapters.links import SignedLinks
from tests.api.conftest import Caller
from tests.api.samples import DELIVERABLES
from tests.api.test_answers import link
from tests.files.samples import pdf
from tests.ground import serve

CHROMIUM = "/usr/bin/chromium"


@pytest.fixture
async def page(app: FastAPI) -> AsyncIterator[Page]:
    server = uvicorn.Server(uvicorn.Config(app, "127.0.0.1", 0, log_level="error", lifespan="off"))
    async with serve(server) as address, async_playwright() as player:
        browser = await player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = await browser.new_context(base_url=address, viewport={"width": 360, "height": 740})
        yield await context.new_page()
        await browser.close()


async def test_a_student_hands_in_from_a_telephone(
    school: Caller, links: SignedLinks, page: Page, tmp_path: Path
) -> None:
    report, disguised = tmp_path / "Rapport d’été.pdf", tmp_path / "jeu.pdf"
    report.write_bytes(pdf())
    disguised.write_bytes(b"MZ" + bytes(100))
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Policy" in said.text else None)
    await page.goto(link(links, school, "internships.deliverable", "R-1", "E-1"))
    button = page.get_by_role("button", name="Remettre ce fichier")
    await page.get_by_label("Fichier").set_input_files(disguised)
    await button.click()
    await expect(page.get_by_role("alert")).to_contain_text("Ce type de fichier n’est pas accepté")
    await page.get_by_label("Fichier").set_input_files(report)
    await button.click()
    await expect(page.get_by_role("status")).to_have_text("Merci, c’est noté.")
    await expect(page.get_by_text("Rapport d’été.pdf")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert refused == []
    known = (await school.get(f"{DELIVERABLES}/R-1")).json()
    assert (await school.get(f"/v1/files/{known['file_id']}/content")).content == pdf()


async def test_a_link_to_a_file_saves_it(school: Caller, page: Page, tmp_path: Path) -> None:
    given = await school.post(f"{DELIVERABLES}/R-1/file", files={"file": ("rapport é.pdf", pdf())})
    file = given.json()["file_id"]
    made = await school.post(f"/v1/files/{file}/links", json={"contact_ref": "T-1"})
    path = "/f/" + made.json()["url"].rpartition("/")[2]
    await page.goto("/a/none")
    async with page.expect_download() as waiting:
        await page.evaluate("path => { location.href = path }", path)
    saved = await waiting.value
    assert saved.suggested_filename == "rapport é.pdf"
    await saved.save_as(tmp_path / "saved")
    assert (tmp_path / "saved").read_bytes() == pdf()
