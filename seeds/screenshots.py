"""`make screenshots`: runs the platform with its demonstration data and takes pictures of its main pages.

Each page on a desk and on a phone, light and dark, into ``docs/images/screens``; docs/screens.md shows them.
"""

import asyncio
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "images" / "screens"
CHROMIUM = "/usr/bin/chromium"
FLEET, ROUNDS = "motos-douala", "electricite-annecy"
COLOURS = 128
"""Of the palette of a picture: enough for flat pages, and a third of the bytes."""

CONSOLE = {
    FLEET: {
        "home": "/console/", "alerts": "/console/alerts", "contracts": "/console/contracts?order=-days_late",
        "contract": "/console/contracts/CT-005", "driver": "/console/drivers/CH-005",
        "payments": "/console/payments", "finance": "/console/finance", "stations": "/console/stations",
        "investors": "/console/investors", "reports": "/console/reports",
        "book": "/console/books/fleet/dunning", "editor": "/console/books/fleet/dunning/edit",
    },
    ROUNDS: {"planning": "/console/planning", "planning-day": "/console/planning?view=day&on={day}",
             "plan": "/console/plans/{plan}", "slots": "/console/slots?visit={visit}"},
}  # fmt: skip
PORTALS = {"driver-page": ("driver", "CH-005"), "investor-page": ("investor", "INV-001")}


@dataclass(frozen=True)
class Screen:
    name: str
    width: int
    height: int
    scheme: str


SCREENS = (
    Screen("desk-light", 1280, 900, "light"),
    Screen("desk-dark", 1280, 900, "dark"),
    Screen("phone-light", 390, 844, "light"),
    Screen("phone-dark", 390, 844, "dark"),
)


@dataclass(frozen=True)
class Running:
    address: str
    people: dict[str, tuple[str, str]]
    """By workspace: address and password."""
    keys: dict[str, str]

    def asked(self, workspace: str, path: str) -> list[dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self.keys[workspace]}"}
        answer = httpx.get(f"{self.address}{path}", headers=headers, trust_env=False)
        found: list[dict[str, Any]] = answer.raise_for_status().json()["items"]
        return found


@contextmanager
def platform() -> Iterator[Running]:
    """A platform of its own in a new folder, with the demonstration data."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        command = [sys.executable, "-m", "cli", "run", "--data", f"{folder}/data"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert process.stdout is not None
        try:
            told = ""
            for line in process.stdout:
                told += line
                if "Ctrl-C stops everything" in line:
                    break
            yield _told(told)
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate()


def _told(text: str) -> Running:
    """What the start printed. Raises RuntimeError with it when the platform did not start."""
    address = re.search(r"Console +(\S+)", text)
    people = {
        one[1]: (one[2], one[3]) for one in re.finditer(r"workspace (\S+) +(\S+) +password (\S+)", text)
    }
    keys = {one[1]: one[2] for one in re.finditer(r"key of (\S+) +(\S+)", text)}
    if not (address and people.keys() & keys.keys() >= set(CONSOLE)):
        raise RuntimeError(f"the platform did not start:\n{text}")
    return Running(address[1].rstrip("/"), people, keys)


def _rounds(running: Running) -> dict[str, str]:
    """What the pages of rounds are about: the plan in force, a day of it, a visit that waits."""
    plan = running.asked(ROUNDS, "/v1/planning/plans")[0]
    waiting = running.asked(ROUNDS, "/v1/planning/visits?state=to_plan")
    planned = running.asked(ROUNDS, "/v1/planning/visits?state=planned")
    days = [one["planned"]["on"] for one in planned]
    return {"plan": plan["id"], "visit": waiting[-1]["ref"], "day": max(days, key=days.count)}


async def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with platform() as running:
        links = {name: _link(running, *about) for name, about in PORTALS.items()}
        about = _rounds(running)
        async with async_playwright() as playwright:
            given = ["--no-sandbox", "--disable-gpu"]
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=given)
            for screen in SCREENS:
                await _taken(browser, running, screen, links, about)
            await browser.close()


def _link(running: Running, kind: str, contact: str) -> str:
    headers = {"Authorization": f"Bearer {running.keys[FLEET]}"}
    given = {"kind": kind, "contact_ref": contact}
    answer = httpx.post(
        f"{running.address}/v1/fleet/page-links", json=given, headers=headers, trust_env=False
    )
    return str(answer.raise_for_status().json()["url"])


async def _taken(
    browser: Browser, running: Running, screen: Screen, links: dict[str, str], about: dict[str, str]
) -> None:
    for workspace, pages in CONSOLE.items():
        context = await browser.new_context(
            base_url=running.address, viewport={"width": screen.width, "height": screen.height},
            color_scheme="dark" if screen.scheme == "dark" else "light", locale="fr-FR",
        )  # fmt: skip
        page = await _signed_in(context, running, workspace)
        for name, path in {**pages, **(links if workspace == FLEET else {})}.items():
            await _picture(page, path.format(**about) if name in pages else path, screen, name)
        await context.close()


async def _picture(page: Page, path: str, screen: Screen, name: str) -> None:
    answer = await page.goto(path)
    if answer is None or answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status if answer else 'no answer'}")
    # A browser that cannot show all of a page's width asks people to push it to and fro.
    across = await page.evaluate("document.documentElement.scrollWidth")
    if across > screen.width:
        raise RuntimeError(f"{path} is {across} pixels wide on a screen of {screen.width}")
    _keep(await page.screenshot(), FOLDER / f"{name}-{screen.name}.png")
    print(f"{name} {screen.name}", flush=True)


async def _signed_in(context: BrowserContext, running: Running, workspace: str) -> Page:
    email, password = running.people[workspace]
    page = await context.new_page()
    await page.goto("/console/sign-in")
    await page.get_by_label("Espace").fill(workspace)
    await page.get_by_label("Adresse électronique").fill(email)
    await page.get_by_label("Mot de passe").fill(password)
    await page.get_by_role("button", name="Entrer", exact=True).click()
    # The first time somebody is led to their own account.
    await page.wait_for_url(re.compile(r"/console/(account)?$"))
    return page


def _keep(picture: bytes, path: Path) -> None:
    with Image.open(BytesIO(picture)) as image:
        image.convert("RGB").quantize(COLOURS).save(path, optimize=True)


if __name__ == "__main__":
    asyncio.run(main())
