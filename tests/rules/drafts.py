"""A draft of the shipped dunning as an administrator would send it, examples included."""

from tests.rules.books import SHIPPED

REMINDED = "{stage: reminder, steps: [reminder]}"


def sooner() -> str:
    """The reminder on the third day of arrears in place of the fourth."""
    text = (SHIPPED / "fleet" / "dunning.yaml").read_text("utf-8")
    for before, after in (
        ("days: 1..3", "days: 1..2"),
        ("days: 4..7", "days: 3..7"),
        ('{stage: courtesy, steps: [courtesy], next: "2026-03-05 09:00"}', REMINDED),
        ('{stage: reminder, steps: [], next: "2026-03-05 09:00"}', REMINDED),
    ):
        assert text.count(before) == 1
        text = text.replace(before, after)
    return text
