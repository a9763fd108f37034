from datetime import date

from domain.internships.deliverable import DeliverableFacts, Kind


def test_the_facts_carry_the_names_of_the_book() -> None:
    facts = DeliverableFacts(date(2026, 6, 30), handed_in=False, cancelled=False, kind=Kind.REPORT)
    assert facts.as_facts() == {
        "due_on": date(2026, 6, 30),
        "handed_in": False,
        "cancelled": False,
        "kind": "report",
    }
