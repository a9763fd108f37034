"""What browsers call themselves, in words that their owners know."""

import pytest

from web.console.browsers import browser_of

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "shown"),
    [
        (f"Mozilla/5.0 (X11; Linux) {WEBKIT} HeadlessChrome/150.0.0.0 Safari/537.36", "Chrome 150, Linux"),
        (f"Mozilla/5.0 (Linux; Android) {WEBKIT} Chrome/141.0 Mobile Safari/537.36", "Chrome 141, Android"),
        (f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/141.0 Safari/537.36 Edg/141.0", "Edge 141, Windows"),
        ("Mozilla/5.0 (Macintosh) Gecko/20100101 Firefox/139.0", "Firefox 139, macOS"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/18.5 Mobile/15E148 Safari/604.1",
            "Safari 18, iPhone",
        ),
        ("curl/8.5", "curl/8.5"), ("x" * 500, "x" * 80), ("", ""),
    ],
)  # fmt: skip
def test_a_browser_is_told_by_its_name(agent: str, shown: str) -> None:
    assert browser_of(agent) == shown
    assert len(browser_of(agent)) <= 80
