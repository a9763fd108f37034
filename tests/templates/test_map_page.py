"""The page of the rounds: whole in itself, honest about colours, and shown in a real browser."""

import itertools
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.async_api import Browser, Page, async_playwright

from domain.decision import Bilingual
from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.model import Plan, Point, Problem
from domain.maintenance.planning.naming import Called, Names
from domain.maintenance.planning.shown.apart import apart
from domain.maintenance.planning.shown.drawing import drawn_of, svg
from domain.maintenance.planning.shown.ground import Backdrop, backdrop_of, ground_of
from domain.maintenance.planning.shown.marks import DARK, LIGHT, mark_of
from domain.maintenance.planning.shown.picture import Drawn
from tests.architecture.sources import ROOT
from tests.browser.barriers import check
from tests.domain.rounds_drawn import EVALUATION, NAMES, PROBLEM
from web.planning.page import MapPage

PAGE = MapPage(ROOT / "templates")
DRAWN = drawn_of(PROBLEM, EVALUATION, NAMES)
REASONS = {"V5": [Bilingual("Personne n’a la compétence pac", "Nobody has the skill pac")]}
CHROMIUM = "/usr/bin/chromium"


def html(drawn: Drawn = DRAWN) -> str:
    return PAGE.render(drawn, REASONS, "Planifié le 20 mars 2026")


def test_nothing_is_asked_of_anybody() -> None:
    page = html()
    assert not re.findall(r"(?:src|href)=\"(?!#)|url\(|@import|https?://(?!www\.w3\.org/)", page)
    assert "<img" not in page
    assert " style=" not in page
    assert PAGE.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_what_people_wrote_is_text() -> None:
    page = html()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "Électricité &lt;Annecy&gt;" in page


def test_the_page_tells_the_rounds_in_both_languages() -> None:
    page, english = html(), html(replace(DRAWN, locale="en"))
    assert "Tournées du samedi 28 mars au dimanche 29 mars 2026" in page
    assert "Rounds from Saturday 28 March to Sunday 29 March 2026" in english
    assert "Personne n’a la compétence pac" in page
    assert "Nobody has the skill pac" in english
    for words in ("Agathe Perrillat", "Loïc Fillion", "9\u00a0h\u00a000", "1\u202f/\u202f1"):
        assert words in page
    assert "Sans place" in page
    assert "09:00" in english


def test_a_picture_is_well_formed_and_says_the_same() -> None:
    for day in (None, 0, 1):
        root = ElementTree.fromstring(svg(DRAWN, day))
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
    numbers = re.findall(r'class="number"[^>]*>(\d)<', svg(DRAWN, 0))
    assert numbers == ["1", "2"]


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=60))
def test_whatever_people_are_called_pictures_stay_pictures(who: str, what: str, where: str) -> None:
    called = dict.fromkeys(PROBLEM.visit, Called(who, what, f"{where}, 74000 {who}"))
    names = Names(what, {"T1": who, "T2": what}, called)
    for day in (None, 0):
        ElementTree.fromstring(svg(drawn_of(PROBLEM, EVALUATION, names), day))


def test_a_plan_without_rounds_has_a_page_too() -> None:
    nothing = Problem(PROBLEM.days[:1], PROBLEM.places, PROBLEM.travel, (), ())
    page = html(drawn_of(nothing, evaluate(nothing, Plan()), NAMES))
    assert "Aucune tournée ce jour-là" in page
    ElementTree.fromstring(svg(drawn_of(nothing, evaluate(nothing, Plan()), NAMES)))


def test_page_and_pictures_have_the_same_colours() -> None:
    style = (ROOT / "templates" / "web" / "planning" / "map.css").read_text("utf-8")
    light, dark = style.split("@media screen and (prefers-color-scheme: dark)")
    for ours, part in ((LIGHT, light), (DARK, dark)):
        assert [re.search(rf"--c{n}: (#\w+)", part)[1] for n in range(8)] == list(ours)  # type: ignore[index]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    straight = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * straight[0] + 0.7152 * straight[1] + 0.0722 * straight[2]


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    ("colours", "number", "ground"), [(LIGHT, "#ffffff", "#eef1ee"), (DARK, "#0b1417", "#1d292f")]
)
def test_numbers_can_be_read_and_lines_be_seen(colours: tuple[str, ...], number: str, ground: str) -> None:
    assert [one for one in colours if contrast(one, number) < 4.5] == []
    assert [one for one in colours if contrast(one, ground) < 3] == []


def test_thirty_two_technicians_are_told_apart_and_neighbours_twice() -> None:
    found = [mark_of(place) for place in range(32)]
    assert len(set(found)) == 32
    for one, other in itertools.pairwise(found):
        assert one.colour != other.colour
        assert one.shape != other.shape


def test_marks_at_one_door_are_moved_apart_and_others_stay() -> None:
    moved = apart([(100.0, 100.0)] * 4 + [(300.0, 300.0)], 20)
    assert moved[4] == (0.0, 0.0)
    spread = [(100 + x, 100 + y) for x, y in moved[:4]]
    for a, b in itertools.combinations(spread, 2):
        assert ((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5 > 15
    assert moved == apart([(100.0, 100.0)] * 4 + [(300.0, 300.0)], 20)


@pytest.mark.parametrize("points", [[], [Point(45.9, 6.1)], [Point(45.9, 6.1), Point(45.9, 6.9)]])
def test_everything_is_on_the_ground(points: list[Point]) -> None:
    ground = ground_of(points)
    assert all(ground.inside(ground.xy(one), 40) for one in points)
    metres, pixels = ground.rule()
    assert metres * 0.99 <= pixels * ground.metres <= metres * 1.01


def test_a_backdrop_gives_waters_and_towns() -> None:
    square = [[6.1, 45.8], [6.2, 45.8], [6.2, 45.9], [6.1, 45.8]]
    found = backdrop_of({"features": [
        {"geometry": {"type": "Polygon", "coordinates": [square]}, "properties": {}},
        {"geometry": {"type": "Point", "coordinates": [6.1, 45.9]}, "properties": {"name": "Annecy"}},
    ]})  # fmt: skip
    assert found.waters[0][0] == Point(45.8, 6.1)
    assert found.towns == (("Annecy", Point(45.9, 6.1), 1),)
    assert 'class="water"' in svg(drawn_of(PROBLEM, EVALUATION, NAMES, found))
    assert 'class="water"' not in svg(drawn_of(PROBLEM, EVALUATION, NAMES, Backdrop()))


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        chosen = ["--no-sandbox", "--disable-gpu"]
        opened = await playwright.chromium.launch(executable_path=CHROMIUM, args=chosen)
        yield opened
        await opened.close()


async def opened(browser: Browser, folder: Path, width: int, script: bool = True) -> tuple[Page, list[str]]:
    file = folder / "rounds.html"
    file.write_text(html(), "utf-8")
    context = await browser.new_context(viewport={"width": width, "height": 844}, java_script_enabled=script)
    page = await context.new_page()
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda asked: wrong.append(asked.url) if not asked.url.startswith("file:") else None)
    await page.goto(file.as_uri())
    return page, wrong


@pytest.mark.parametrize("width", [360, 1440])
async def test_a_day_is_chosen_a_round_opened_and_a_stop_found(
    browser: Browser, tmp_path: Path, width: int
) -> None:
    page, wrong = await opened(browser, tmp_path, width)
    await page.locator("label[for=day-0]:visible").first.click()
    assert await page.locator("h2:visible").inner_text() == "Samedi 28 mars 2026"
    assert await page.locator(".stop:visible").count() == 2
    await page.locator(".stop a:visible").first.hover()
    assert "Agathe Perrillat" in await page.locator(".tip:visible").inner_text()
    await page.locator(".stop a:visible").first.click()
    assert await page.locator("#s-0-0-0").is_visible()
    await page.locator(".ground.lit:visible").wait_for()
    assert await page.evaluate("document.documentElement.scrollWidth") == width
    assert wrong == []


async def test_one_zooms_and_numbers_keep_their_size(browser: Browser, tmp_path: Path) -> None:
    page, wrong = await opened(browser, tmp_path, 1280)
    await page.locator("label[for=day-0]:visible").first.click()
    shape = page.locator(".stop .shape:visible").first
    before = await shape.bounding_box()
    await page.get_by_label("Agrandir").and_(page.locator(":visible")).click()
    after = await shape.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(before["width"] - after["width"]) < 0.5
    assert await page.locator(".ground:visible").get_attribute("viewBox") != await page.locator(
        ".ground"
    ).first.get_attribute("viewBox")
    assert wrong == []


async def test_without_its_script_the_page_still_tells_everything(browser: Browser, tmp_path: Path) -> None:
    page, _ = await opened(browser, tmp_path, 1280, script=False)
    await page.locator("label[for=day-1]:visible").first.click()
    await page.locator("summary:visible").first.click()
    assert await page.get_by_text("33 route de la Tournette").first.is_visible()
    assert await page.locator(".tools:visible").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_everybody_can_use_the_page(browser: Browser, tmp_path: Path, scheme: str) -> None:
    file = tmp_path / "rounds.html"
    file.write_text(html().replace('http-equiv="Content-Security-Policy"', 'name="policy"'), "utf-8")
    for width in (390, 1280):
        context = await browser.new_context(
            viewport={"width": width, "height": 844}, color_scheme="dark" if scheme == "dark" else "light"
        )
        page = await context.new_page()
        await page.goto(file.as_uri())
        await check(page)
        await page.locator("label[for=day-0]:visible").first.click()
        await page.locator("summary:visible").first.click()
        await check(page)
        await context.close()
