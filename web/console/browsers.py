"""What a browser calls itself, as its owner would: for lists of sessions, never for decisions."""

import re

BROWSERS = (
    ("Edge", r"\bEdgA?/(\d+)"), ("Opera", r"\bOPR/(\d+)"), ("Samsung Internet", r"\bSamsungBrowser/(\d+)"),
    ("Firefox", r"\b(?:Firefox|FxiOS)/(\d+)"), ("Chrome", r"\b(?:Headless)?Chrome/(\d+)|\bCriOS/(\d+)"),
    ("Safari", r"\bVersion/(\d+)[\d.]* (?:Mobile/\w+ )?Safari/"),
)  # fmt: skip
"""In this order: most say Chrome or Safari beside their own name."""

SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("macOS", "Macintosh"), ("Linux", "Linux"),
)  # fmt: skip
SHOWN = 80


def browser_of(agent: str) -> str:
    """``Firefox 139, Windows``; what says nothing known stands as it is, cut."""
    system = next((name for name, mark in SYSTEMS if mark in agent), "")
    for name, pattern in BROWSERS:
        if found := re.search(pattern, agent):
            version = next(number for number in found.groups() if number)
            return f"{name} {version}, {system}" if system else f"{name} {version}"
    return agent[:SHOWN]
