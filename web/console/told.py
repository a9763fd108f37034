"""What is said after an act, by its name: the page that follows it carries the name in its address."""

from domain.decision import Bilingual

DONE: dict[str, Bilingual] = {}
