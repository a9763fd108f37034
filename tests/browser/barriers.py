"""What keeps people out of a page: axe-core's rules for WCAG 2.2 AA, and a page too wide for its window."""

from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
    "preload": False,
}
AXE = Axe()


async def barriers(page: Page) -> list[str]:
    """Each with the place where it stands; empty for a page that everybody can use."""
    found: dict[str, Any] = (await AXE.run(page, options=RULES)).response
    said = [
        f"{page.url}: {one['id']} ({one['help']}): {node['html'][:160]}"
        for one in found["violations"]
        for node in one["nodes"]
    ]
    across = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [*said, f"{page.url}: {across} pixels too wide"] if across > 0 else said


async def check(page: Page) -> None:
    assert await barriers(page) == []
