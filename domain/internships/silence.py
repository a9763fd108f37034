"""The events of the rule book internships/silence."""

from dataclasses import dataclass
from datetime import date

from domain.errors import BadInput, Mistake
from domain.event import Event


@dataclass(frozen=True)
class Application:
    """A student's application to a company, in local dates. Raises BadInput when the order is impossible."""

    ref: str
    applied_on: date
    nudged_on: tuple[date, ...] = ()
    answered_on: date | None = None
    withdrawn_on: date | None = None

    def __post_init__(self) -> None:
        later = {"answered_on": self.answered_on, "withdrawn_on": self.withdrawn_on}
        wrong = [name for name, on in later.items() if on and on < self.applied_on]
        wrong += ["nudged_on"] if any(on < self.applied_on for on in self.nudged_on) else []
        if wrong:
            problem = f"before the application ({self.applied_on})"
            raise BadInput(*(Mistake(name, problem, "give that day or a later one") for name in wrong))


def application_events(application: Application) -> tuple[Event, ...]:
    """Of one day, our reminders come before the company's answer."""
    ref = application.ref
    events = [Event("applied", application.applied_on, ref)]
    events += [Event("nudged", on, f"{ref}-nudged-{n}") for n, on in enumerate(application.nudged_on, 1)]
    if application.answered_on:
        events.append(Event("answered", application.answered_on, f"{ref}-answered"))
    if application.withdrawn_on:
        events.append(Event("withdrawn", application.withdrawn_on, f"{ref}-withdrawn"))
    return tuple(events)
