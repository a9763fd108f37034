"""An appointment of a visit, and the facts of the rule book maintenance/visit."""

from dataclasses import dataclass, fields
from datetime import date


@dataclass(frozen=True)
class VisitFacts:
    """``visit_on`` is the local date in force. A visit that is moved becomes the next ``appointment``,
    which is confirmed and reminded anew.
    """

    visit_on: date
    confirmed: bool
    on_the_way: bool = False
    reported: bool = False
    cancelled: bool = False
    appointment: int = 1

    def as_facts(self) -> dict[str, object]:
        return {field.name: getattr(self, field.name) for field in fields(self)}
