"""The console can be read: every pair of colours it uses keeps the contrast of WCAG 2.2, level AA."""

import re

import pytest

from tests.ground import ROOT

CSS = (ROOT / "templates/web/static/console.css").read_text("utf-8")
LIGHT, DARK = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
PAIRS = [
    ("ink", "page"), ("ink", "sheet"), ("soft", "page"), ("soft", "sheet"), ("accent", "page"),
    ("accent", "sheet"), ("accent", "accent-wash"), ("late", "sheet"), ("late", "page"),
    ("late", "late-wash"),
    ("near", "sheet"), ("near", "near-wash"), ("good", "sheet"), ("on-accent", "accent"),
    ("on-accent", "late"),
]  # fmt: skip
ENOUGH = 4.5


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "back"), PAIRS)
def test_text_stands_out(theme: str, front: str, back: str) -> None:
    known = colours(theme)
    dark, light = sorted((luminance(known[front]), luminance(known[back])))
    assert (light + 0.05) / (dark + 0.05) >= ENOUGH


def test_no_colour_is_used_outside_the_palette() -> None:
    rules = CSS.replace(LIGHT, "").replace(DARK, "")
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b", rules) == []
