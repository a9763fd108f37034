"""Whose process a workflow id names."""

import pytest

from domain.case import Case, read_workflow_id


def test_the_id_of_a_case_is_read_back() -> None:
    case = Case("motos-douala", "training.fund_call", "PR-1.b", "Africa/Douala")
    assert read_workflow_id(case.workflow_id) == ("training.fund_call", "motos-douala", "PR-1.b")


@pytest.mark.parametrize(
    "id",
    [
        "platform.backup",
        "platform.backup-2031-03-03T09:00:00Z",
        "temporal-sys-scheduler:platform.backup",
        "fleet.dunning:motos:",
        "",
    ],
)
def test_what_has_no_case_has_no_tenant(id: str) -> None:
    assert read_workflow_id(id) is None
