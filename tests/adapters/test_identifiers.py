from collections.abc import Callable

import pytest

from adapters.identifiers import iban, siren
from domain.errors import BadInput


def test_spaces_and_case_do_not_matter() -> None:
    assert siren(" 732 829 320 ") == "732829320"
    assert iban("fr76 3000 6000 0112 3456 7890 189") == "FR7630006000011234567890189"


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (siren, ""),
        (siren, "732829321"),
        (siren, "73282932"),
        (siren, "73282932000074"),
        (iban, ""),
        (iban, "FR7630006000011234567890188"),
        (iban, "FR763000600001123456789018"),
        (iban, "ZZ7630006000011234567890189"),
        (iban, "FR1330006000011234567890100"),
    ],
)
def test_a_slip_is_refused(read: Callable[[str, str], str], text: str) -> None:
    with pytest.raises(BadInput) as refused:
        read(text, "clients[3].number")
    assert refused.value.mistakes[0].field == "clients[3].number"
