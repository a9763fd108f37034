"""A firm in Annecy that maintains boilers: two technicians, visits around the lake."""

from typing import Any

from tests.api.conftest import Caller

PLANNING = "/v1/planning"
TECHNICIANS, VISITS, PLANS = f"{PLANNING}/technicians", f"{PLANNING}/visits", f"{PLANNING}/plans"
ANNECY = {"latitude": 45.8992, "longitude": 6.1294}
SEYNOD = {"latitude": 45.8873, "longitude": 6.0906}
FAVERGES = {"latitude": 45.7460, "longitude": 6.2940}
RUMILLY = {"latitude": 45.8670, "longitude": 5.9440}
AT_SEA = {"latitude": 43.0, "longitude": 5.0}
SHIFT = {
    "begin": "08:00", "end": "18:00", "ordinary": "08:00", "overtime_most": "01:00",
    "breaks": [{"earliest": "11:30", "latest": "13:30", "duration": "00:45"}],
}  # fmt: skip
WEEK = dict.fromkeys("12345", SHIFT)


def euros(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


def technician(contact: str = "X-1", **given: Any) -> dict[str, Any]:
    return {
        "contact_ref": contact, "start": ANNECY, "week": WEEK, "skills": {"boiler": 2},
        "per_hour": euros("30.00"), "overtime_per_hour": euros("45.00"), "per_km": euros("0.50"), **given,
    }  # fmt: skip


def visit(place: dict[str, float] = SEYNOD, **given: Any) -> dict[str, Any]:
    return {
        "contact_ref": "CL-1", "work": "Entretien de chaudière", "address": "12 rue des Lilas, Seynod",
        "place": place, "duration": "01:00", "skills": {"boiler": 1}, **given,
    }  # fmt: skip


async def firm(caller: Caller) -> None:
    """Two technicians, and a customer."""
    await caller.contact("CL-1")
    for number in (1, 2):
        await caller.contact(f"X-{number}", full_name=f"Technicien {number}")
        saved = await caller.put(f"{TECHNICIANS}/T-{number}", json=technician(f"X-{number}"))
        assert saved.status_code == 201, saved.text


async def asked(caller: Caller, ref: str, place: dict[str, float] = SEYNOD, **given: Any) -> dict[str, Any]:
    saved = await caller.put(f"{VISITS}/{ref}", json=visit(place, **given))
    assert saved.status_code in (200, 201), saved.text
    said: dict[str, Any] = saved.json()
    return said


async def moves(caller: Caller, plan: str, *placed: tuple[str, str, str]) -> dict[str, Any]:
    """Each visit where it costs least in a technician's day."""
    given = [{"visit_ref": ref, "technician_ref": who, "on": on} for ref, who, on in placed]
    answer = await caller.post(f"{PLANS}/{plan}/moves", json={"moves": given})
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said
