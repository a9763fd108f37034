"""The forms through which people come in, as they stand in the templates."""

import re

from tests.ground import ROOT

PAGES = {path.name: path.read_text("utf-8") for path in (ROOT / "templates/web/console").glob("*.j2")}
DOORS = ("sign_in.html.j2", "code.html.j2", "code_passkey.html.j2", "arrive.html.j2", "sent.html.j2")


def inputs(text: str) -> list[str]:
    return re.findall(r"<input\b[^>]*>", text)


def test_what_is_typed_is_hidden_and_may_be_pasted() -> None:
    secret = [
        one for text in PAGES.values() for one in inputs(text) if re.search('name="(password|again)"', one)
    ]
    assert len(secret) >= 4
    for one in secret:
        assert 'type="password"' in one
        assert re.search('autocomplete="(current|new)-password"', one)
    assert not re.search(r"\bon(paste|copy|drop|keydown)\b", "".join(PAGES.values()))


def test_nothing_else_is_asked_at_the_door() -> None:
    """No question of which others know the answer."""
    asked = {
        name for door in DOORS for one in inputs(PAGES[door]) for name in re.findall('name="([^"]+)"', one)
    }
    assert asked <= {"workspace", "email", "password", "code", "credential", "token"}
    assert {"workspace", "email", "password", "code"} <= asked
