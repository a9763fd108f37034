"""Whether a client is asked for an opinion: the facts of the rule book maintenance/survey."""

from dataclasses import dataclass, fields
from datetime import date


@dataclass(frozen=True)
class SurveyFacts:
    done_on: date
    answered: bool = False
    complaint: bool = False

    def as_facts(self) -> dict[str, object]:
        return {field.name: getattr(self, field.name) for field in fields(self)}
