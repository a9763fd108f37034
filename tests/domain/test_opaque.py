"""References name nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.opaque import telling_mistakes

PERSON = ("Mireille Nguéma-Étoa", "m.nguema77@example.com", "+237679284212")


@pytest.mark.parametrize(
    ("reference", "what"),
    [
        ("NGUEMA", "name"), ("C-mireille", "name"), ("etoa.2", "name"), ("Nguéma", "name"),
        ("m.nguema77", "name"), ("679284212", "phone"), ("C-284212", "phone"), ("28.42-12", "phone"),
    ],
)  # fmt: skip
def test_a_reference_that_tells_who_it_is_about_is_refused(reference: str, what: str) -> None:
    [mistake] = telling_mistakes("ref", reference, *PERSON)
    assert what in mistake.problem
    assert reference not in str(mistake)


def test_the_local_part_of_an_address_tells_too() -> None:
    [mistake] = telling_mistakes("ref", "x-motard237", "Jo Li", "motard237@example.com")
    assert "email" in mistake.problem


@pytest.mark.parametrize("reference", ["C-0001", "D-14", "S-2026-014", "K-0001.20270228", "moto-4", "PR-01"])
def test_codes_and_numbers_are_taken(reference: str) -> None:
    assert telling_mistakes("ref", reference, *PERSON) == []
    assert telling_mistakes("ref", reference, "", None, None) == []


def test_a_shared_mailbox_is_nobodys_name() -> None:
    assert telling_mistakes("ref", "client-7", "Jo Li", "client@example.com") == []


@given(st.text(), st.text(), st.text(), st.text())
def test_nothing_that_is_given_breaks_it(reference: str, name: str, email: str, phone: str) -> None:
    assert len(telling_mistakes("ref", reference, name, email, phone)) <= 1
