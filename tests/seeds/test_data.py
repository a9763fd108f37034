"""The data set of `make demo`: what the script makes is committed, and every row can be read."""

from collections import Counter
from datetime import date

from adapters.csv_fleet import CONTRACT_COLUMNS, PAYMENT_COLUMNS
from seeds import make_data, make_rounds
from seeds.dataset import read


def test_the_committed_files_are_what_the_script_makes() -> None:
    contracts, payments = make_data.rows()
    assert make_data.content(contracts) == (make_data.FOLDER / "contracts.csv").read_text("utf-8")
    assert make_data.content(payments) == (make_data.FOLDER / "payments.csv").read_text("utf-8")
    assert (*contracts[0],) == CONTRACT_COLUMNS
    assert (*payments[0],) == PAYMENT_COLUMNS


def test_the_committed_rounds_are_what_the_script_makes() -> None:
    assert make_rounds.text() == make_rounds.FILE.read_text("utf-8")


def test_every_behaviour_has_a_contract_of_each_frequency() -> None:
    data = read(make_data.FOLDER, date(2026, 12, 31))
    frequencies = Counter(contract.terms.frequency.value for contract in data.contracts)
    assert frequencies == {"daily": 8, "weekly": 8, "monthly": 8}
    assert set(data.payments) == {contract.ref for contract in data.contracts}


def test_behaviours_end_as_they_are_called() -> None:
    contracts, payments = make_data.rows()
    paid: Counter[str] = Counter()
    for row in payments:
        paid[str(row["contract_ref"])] += int(row["amount_minor"])
    ends = {"stops": -1, "overpays": 1}
    for number, contract in enumerate(contracts):
        behaviour = make_data.BEHAVIOURS[number // len(make_data.RHYTHMS)].__name__
        left = paid[str(contract["contract_ref"])] - int(contract["price_minor"])
        assert (left > 0) - (left < 0) == ends.get(behaviour, 0), behaviour
