"""What the tests of the API send."""

from typing import Any

CONTRACTS, PAYMENTS = "/v1/fleet/contracts", "/v1/fleet/payments"
PROJECTS, DELIVERABLES = "/v1/training/projects", "/v1/internships/deliverables"


def contract(ref: str = "K-1", **given: Any) -> dict[str, Any]:
    return {
        "ref": ref, "customer_ref": "CL-1", "level": "silver", "starts_on": "2031-03-01",
        "ends_on": "2032-02-29", "notice_days": 30, "tacit": True,
        "amount": {"amount": "480.00", "currency": "EUR"}, **given,
    }  # fmt: skip


def xaf(amount: int) -> dict[str, str]:
    return {"amount": str(amount), "currency": "XAF"}


def signed(ref: str = "C-1", **given: Any) -> dict[str, Any]:
    return {
        "ref": ref, "driver_ref": "D-1", "bike_ref": f"M-{ref}", "price": xaf(30000),
        "down_payment": xaf(6000), "instalments": 6, "frequency": "monthly", "signed_on": "2031-01-31",
        "first_due_on": "2031-01-31", **given,
    }  # fmt: skip


def paid(ref: str = "P-1", amount: int = 6000, **given: Any) -> dict[str, Any]:
    return {
        "ref": ref, "contract_ref": "C-1", "received_at": "2031-02-01T10:00:00+01:00", "amount": xaf(amount),
        "channel": "mobile_money", **given,
    }  # fmt: skip


def eur(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


SESSION = {
    "ref": "SE-1", "held_on": "2031-02-03", "place": "Lyon",
    "trainings": [{"title": "HACCP", "provider": "Formalim", "cost": eur("900.00"), "vat_bp": 2000}],
}  # fmt: skip
