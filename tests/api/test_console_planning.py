"""A planner at the console: the board, a visit that is carried, plans, what people note of visits."""

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import update

from database.session import Database
from database.shared.tables import audit, person, tenant
from tests.api.planning_samples import FAVERGES, PLANS, RUMILLY, TECHNICIANS, VISITS, technician, visit
from tests.api.test_console import Operator, console_app, console_parts, operator, stranger

__all__ = ["console_app", "console_parts", "operator", "stranger"]


FILES = {
    "map.html": "text/html", "map.svg": "image/svg+xml", "routes.geojson": "application/geo+json",
    "calendar.ics": "text/calendar", "table.csv": "text/csv",
}  # fmt: skip


class Firm:
    """Two technicians; three visits wait, one of them is due soon."""

    def __init__(self, operator: Operator) -> None:
        self.operator = operator
        today = operator.clock.at.date()
        self.monday = today + timedelta(days=7 - today.weekday())

    async def asks(self, method: str, path: str, **given: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.operator.key}"}
        answer = await self.operator.http.request(method, path, headers=headers, **given)
        assert answer.is_success, answer.text
        return answer.json()

    async def begins(self) -> None:
        people = {"CL-1": "Agathe Perrillat", "CL-2": "Noé Blanc", "X-1": "Lina Favre", "X-2": "Max Roux"}
        for ref, name in people.items():
            await self.asks("PUT", f"/v1/contacts/{ref}", json={"full_name": name, "phone": "+33601020304"})
        for number in (1, 2):
            await self.asks("PUT", f"{TECHNICIANS}/T-{number}", json=technician(f"X-{number}"))
        due = (self.operator.clock.at.date() + timedelta(days=3)).isoformat()
        await self.asks("PUT", f"{VISITS}/V-1", json=visit(due_on=due))
        await self.asks("PUT", f"{VISITS}/V-2", json=visit(FAVERGES, contact_ref="CL-2"))
        await self.asks("PUT", f"{VISITS}/V-3", json=visit(RUMILLY, duration="02:00"))

    async def see(self, path: str) -> str:
        """As it is read: no tags, plain spaces."""
        page = unescape(re.sub(r"<[^>]+>", " ", await self.operator.see(path)))
        return re.sub(r"\s+", " ", re.sub(r"[\u00a0\u202f]", " ", page))

    async def drives(self, contact: str) -> None:
        """From here on the person at the browser is a technician."""
        async with self.operator.database.tenant(self.operator.tenant) as tx:
            await tx.execute(update(person).values(roles=["technician"], contact_ref=contact))

    async def notes(self, path: str, **fields: str) -> Any:
        page = await self.operator.see("/account/day")
        token = re.search(r'name="form_token" value="([^"]+)"', page)
        assert token is not None
        return await self.operator.http.post(f"/console{path}", data={"form_token": token[1], **fields})

    async def carry(self, ref: str, who: str, day: date | str, **more: str) -> Any:
        given = {"visit": ref, "technician": who, "day": str(day), "position": "", **more}
        return await self.operator.send("/planning/move", **given)

    async def tries(self, ref: str, who: str, day: date | str, position: str = "") -> tuple[list[str], bool]:
        answer = await self.operator.send(
            "/planning/try", visit=ref, technician=who, day=str(day), position=position
        )
        assert answer.status_code == 200, answer.text
        told = answer.json()
        return [re.sub(r"[\u00a0\u202f]", " ", one["text"]) for one in told["lines"]], told["possible"]


@pytest.fixture
async def firm(operator: Operator) -> Firm:
    made = Firm(operator)
    await made.begins()
    return made


async def test_the_board_shows_who_works_what_waits_and_what_is_due(firm: Firm) -> None:
    week = await firm.see(f"/planning?on={firm.monday}")
    assert "Lina Favre" in week
    assert "À planifier (3)" in week
    assert "Agathe Perrillat, Entretien de chaudière : à faire avant le" in week
    assert "Aucun technicien" not in week
    day = await firm.see(f"/planning?view=day&on={firm.monday}")
    assert "Max Roux" in day
    month = await firm.see(f"/planning?view=month&on={firm.monday}")
    assert str(firm.monday.year) in month
    english = await firm.see("/planning?lang=en")
    assert "To be planned (3)" in english
    for wrong in ("view=year", "on=tomorrow", "on=0001-01-01", "view=month&on=9999-12-31"):
        answer = await firm.operator.http.get(f"/console/planning?{wrong}")
        assert answer.status_code == 400


async def test_a_visit_is_carried_once_its_price_is_known(firm: Firm) -> None:
    lines, possible = await firm.tries("V-1", "T-1", firm.monday)
    assert possible
    assert lines[0].startswith("+")
    assert lines[1].endswith("de travail")
    assert any("Agathe Perrillat" in one for one in lines)
    assert "À planifier (3)" in await firm.see(f"/planning?on={firm.monday}")
    moved = await firm.carry("V-1", "T-1", firm.monday)
    assert moved.status_code == 303
    assert moved.headers["location"].startswith(f"/console/planning?on={firm.monday}")
    board = await firm.see(f"/planning?on={firm.monday}")
    assert "À planifier (2)" in board
    assert await firm.asks("GET", f"{VISITS}/V-1")
    shown = (await firm.asks("GET", f"{VISITS}/V-1"))["planned"]
    assert (shown["technician_ref"], shown["on"]) == ("T-1", firm.monday.isoformat())
    assert (await firm.carry("V-3", "T-1", firm.monday, position="0")).status_code == 303
    back, possible = await firm.tries("V-1", "", "")
    assert possible
    assert back[0].startswith("−")
    assert (await firm.carry("V-1", "", "")).status_code == 303
    assert "À planifier (2)" in await firm.see(f"/planning?on={firm.monday}")


async def test_what_cannot_be_is_said_and_not_done(firm: Firm) -> None:
    sunday = firm.monday + timedelta(days=6)
    lines, possible = await firm.tries("V-1", "T-1", sunday)
    assert not possible
    assert "Impossible ainsi :" in lines or "cannot" in lines[0]
    refused = await firm.carry("V-1", "T-1", sunday)
    assert refused.headers["location"].startswith("/console/planning/move?visit=V-1")
    assert "À planifier (3)" in await firm.see("/planning")
    monday = str(firm.monday)
    for wrong in (
        ("T-1", "someday", ""), ("", monday, ""), ("T-1", monday, "x"), ("T-1", "0001-01-01", ""),
        ("T-1", "9999-12-31", ""),
    ):  # fmt: skip
        lines, possible = await firm.tries("V-1", *wrong)
        assert (bool(lines), possible) == (True, False)
    assert (await firm.tries("V-9", "T-1", firm.monday))[1] is False


async def test_who_does_not_drag_moves_by_a_form(firm: Firm) -> None:
    form = await firm.see("/planning/move?visit=V-2")
    assert "Voir ce que cela coûte" in form
    priced = await firm.see(f"/planning/move?visit=V-2&technician=T-2&day={firm.monday}&position=")
    assert "Possible : rien n’est enfreint." in priced
    assert "Déplacer" in priced


async def test_a_plan_is_read_accepted_for_some_and_taken_back(firm: Firm) -> None:
    made = await firm.asks("POST", PLANS, json={"first_on": firm.monday.isoformat(), "days": 2, "seconds": 0})
    given = [
        {"visit_ref": "V-1", "technician_ref": "T-1", "on": firm.monday.isoformat()},
        {"visit_ref": "V-2", "technician_ref": "T-2", "on": firm.monday.isoformat()},
    ]
    await firm.asks("POST", f"{PLANS}/{made['id']}/moves", json={"moves": given})
    page = await firm.see(f"/plans/{made['id']}")
    assert "Mettre en vigueur pour les techniciens choisis" in page
    assert "Lina Favre" in page
    assert "Rumilly" not in page or "V-3" not in page
    for name, kind in FILES.items():
        got = await firm.operator.http.get(f"/console/plans/{made['id']}/{name}")
        assert (got.status_code, got.headers["content-type"].split(";")[0]) == (200, kind)
        assert "Agathe Perrillat" in got.text
    assert (await firm.operator.http.get(f"/console/plans/{made['id']}/map.gif")).status_code == 404
    nobody = await firm.operator.send(f"/plans/{made['id']}/accept")
    assert nobody.status_code == 422
    done = await firm.operator.send(f"/plans/{made['id']}/accept", technician="T-1")
    assert done.status_code == 303
    assert "En vigueur depuis" in await firm.see(f"/plans/{made['id']}")
    board = await firm.see(f"/planning?on={firm.monday}")
    assert "À planifier (2)" in board
    assert (await firm.operator.send("/do/undo-plan", plan=made["id"])).status_code == 303
    assert "À planifier (3)" in await firm.see(f"/planning?on={firm.monday}")


async def test_what_happens_to_a_visit_is_noted(firm: Firm) -> None:
    await firm.carry("V-1", "T-1", firm.monday)
    page = await firm.see("/visits/V-1")
    assert "Entretien de chaudière" in page
    assert "Lina Favre" in page
    assert "V-3" not in page
    assert (await firm.operator.send("/do/miss-visit", visit="V-1")).status_code == 303
    assert "client absent" in await firm.see("/visits/V-1")
    assert (await firm.operator.send("/do/cancel-visit", visit="V-2", reason="")).status_code == 303
    assert "annulée" in await firm.see("/visits/V-2")
    hand = await firm.see("/technicians/T-1")
    assert "boiler 2" in hand
    day = str(firm.monday)
    away = await firm.operator.send(
        "/do/technician-absence", technician="T-1", begins_on=day, ends_on=day, reason="ill"
    )
    assert away.status_code == 303
    assert "Malade" in await firm.see(f"/planning?on={firm.monday}")


async def test_lists_of_visits_technicians_and_plans(firm: Firm) -> None:
    visits = await firm.see("/visits?state=to_plan&order=due_on")
    assert visits.index("Agathe Perrillat") < visits.index("Noé Blanc")
    assert "Max Roux" in await firm.see("/technicians?text=roux")
    assert "Plans" in await firm.see("/plans")


async def test_a_slot_is_found_held_and_confirmed(firm: Firm) -> None:
    await firm.see("/slots?visit=V-2&days=0310")
    empty = await firm.see("/slots")
    assert "Agathe Perrillat, Entretien de chaudière" in empty
    found = await firm.operator.see(f"/slots?visit=V-2&from={firm.monday}&days=3")
    assert "conseillé" in found
    offer = {
        name: re.search(rf'name="{name}" value="([^"]*)"', found.partition("/console/slots/hold")[2])[1]  # type: ignore[index]
        for name in ("technician", "on", "begins")
    }
    held = await firm.operator.send("/slots/hold", visit="V-2", **offer)
    assert held.status_code == 303, held.text
    id = held.headers["location"].rpartition("=")[2]
    assert "Réservé jusqu’à" in await firm.see("/slots")
    again = await firm.operator.send("/slots/hold", visit="V-2", **offer | {"begins": "99:99"})
    assert again.status_code == 422
    done = await firm.operator.send(f"/slots/{id}/confirm")
    assert done.headers["location"] == f"/console/planning?view=day&on={offer['on']}"
    assert "Noé Blanc" in await firm.see(f"/planning?view=day&on={offer['on']}")
    assert (await firm.operator.send(f"/slots/{id}/release")).status_code == 409


async def test_a_day_on_which_something_happens_is_planned_anew(firm: Firm) -> None:
    today = firm.operator.clock.at.date()
    wrong = await firm.operator.send("/do/replan-day", event="ill", visit_ref="", technician_ref="", until="")
    assert wrong.status_code == 422
    made = await firm.operator.send(
        "/do/replan-day", event="urgent", visit_ref="V-1", technician_ref="", until=""
    )
    assert made.status_code == 303, made.text
    page = await firm.see(made.headers["location"].removeprefix("/console"))
    assert str(today.year) in page
    assert "Qui prévenir" in page


HAND = {
    "technician": "T-7", "full_name": "Nadia Benali", "phone": "06 01 02 03 07", "email": "", "contact": "",
    "start": "45,8992 6,1294", "end": "", "skills": "chaudière 2, pompe à chaleur", "zones": "annecy, seynod",
    "day1": "8h-17h", "day2": "08:00-18:00", "breaks": "11:30-13:30 00:45\n15:00-16:00 0h15",
    "ordinary": "07:00", "overtime_most": "01:00", "parts": "filtre 3", "per_hour": "32,50",
    "overtime_per_hour": "", "per_km": "0,45", "per_day": "",
}  # fmt: skip
ORDER = {
    "visit": "V-9", "contact": "", "full_name": "Chloé Dunand", "phone": "", "email": "chloe@example.org",
    "work": "Entretien de pompe à chaleur", "address": "3 rue du Lac, 74000 Annecy", "place": "45.91, 6.13",
    "duration": "1h15", "skills": "chaudière", "windows": "lun mar 08:00-12:00\n14:00-18:00",
    "preferred": "T-7", "urgency": "5",
}  # fmt: skip


async def test_a_technician_and_a_visit_are_entered_and_changed_in_forms(firm: Firm) -> None:
    sent = await firm.operator.send("/do/add-technician", **HAND)
    assert sent.status_code == 303, sent.text
    assert sent.headers["location"] == "/console/technicians/T-7?done=add-technician"
    known = await firm.asks("GET", f"{TECHNICIANS}/T-7")
    assert known["skills"] == {"chaudière": 2, "pompe à chaleur": 1}
    assert known["week"]["1"]["end"] == "17:00"
    assert [one["duration"] for one in known["week"]["2"]["breaks"]] == ["00:45", "00:15"]
    assert "3" not in known["week"]
    assert (known["per_hour"]["amount"], known["per_km"]["amount"]) == ("32.50", "0.45")
    assert (await firm.operator.send("/do/add-technician", **HAND)).status_code == 409
    shown = unescape(await firm.operator.see("/do/change-technician?technician=T-7"))
    for text in ("Nadia Benali", "08:00-17:00", "11:30-13:30 00:45", "chaudière 2, pompe à chaleur", "07:00"):
        assert text in shown
    less = {**HAND, "day2": "", "breaks": "", "full_name": "Nadia Benali-Roux"}
    changed = await firm.operator.send("/do/change-technician", **less)
    assert changed.status_code == 303, changed.text
    now = await firm.asks("GET", f"{TECHNICIANS}/T-7")
    assert now["week"] == {"1": known["week"]["1"]}
    assert "Nadia Benali-Roux" in await firm.see("/technicians/T-7")

    sent = await firm.operator.send("/do/add-visit", **ORDER)
    assert sent.status_code == 303, sent.text
    order = await firm.asks("GET", f"{VISITS}/V-9")
    assert [one["weekdays"] for one in order["windows"]] == [[1, 2], []]
    assert (order["duration"], order["preferred_technician_ref"]) == ("01:15", "T-7")
    assert "lun mar 08:00-12:00" in unescape(await firm.operator.see("/do/change-visit?visit=V-9"))
    told = {**ORDER, "promised_on": str(firm.monday), "promised_at": "9h30", "optional": "yes"}
    assert (await firm.operator.send("/do/change-visit", **told)).status_code == 303
    order = await firm.asks("GET", f"{VISITS}/V-9")
    assert (order["promise"]["at"], order["optional"]) == ("09:30", True)


@pytest.mark.parametrize(("act", "wrong", "said"), [
    ("add-technician", {"start": "Annecy"}, "écrivez latitude et longitude"),
    ("add-technician", {"start": "43.0, 5.0"}, "ce lieu est en mer"),
    ("add-technician", {"day1": "matin"}, "ce ne sont pas des heures"),
    ("add-technician", {"breaks": "12:00-13:00 01:00\n12:30-13:00 00:30"}, "deux pauses se chevauchent"),
    ("add-visit", {"windows": "foo 08:00-12:00"}, "ce n’est pas un jour de la semaine"),
    ("add-visit", {"windows": "08:00-08:30"}, "aucune plage n’est aussi longue que la visite"),
    ("add-visit", {"full_name": "", "email": ""}, "donnez un nom"),
    ("add-visit", {"promised_on": "2032-03-01"}, "il en manque un"),
])  # fmt: skip
async def test_what_cannot_be_read_is_told_beside_its_field(
    firm: Firm, act: str, wrong: dict[str, str], said: str
) -> None:
    base = HAND if act == "add-technician" else {**ORDER, "preferred": ""}
    answer = await firm.operator.send(f"/do/{act}", **{**base, **wrong})
    assert answer.status_code == 422, answer.headers
    assert said in unescape(answer.text).casefold()


async def test_a_technician_notes_their_own_day_on_a_telephone(firm: Firm, owner: Database) -> None:
    today = firm.operator.clock.at.date()
    assert (await firm.carry("V-1", "T-1", today)).status_code == 303
    assert (await firm.carry("V-3", "T-1", today)).status_code == 303
    assert (await firm.carry("V-2", "T-2", today)).status_code == 303
    await firm.drives("X-1")
    seen = await firm.see("/account/day")
    assert "2 à faire" in seen
    assert "Agathe Perrillat" in seen
    assert "Noé Blanc" not in seen
    raw = await firm.operator.see("/account/day")
    first, second = re.findall(r"/console/account/day/(V-[13])/start", raw)
    for what in ("start", "done"):
        sent = await firm.notes(f"/account/day/{first}/{what}", on=str(today))
        assert sent.status_code == 303, sent.text
    states = {one: (await firm.asks("GET", f"{VISITS}/{one}"))["state"] for one in (first, second)}
    assert states == {first: "done", second: "planned"}
    again = await firm.notes(f"/account/day/{first}/start")
    assert again.status_code == 409
    assert (await firm.notes(f"/account/day/{second}/no-show")).status_code == 303
    others = await firm.notes("/account/day/V-2/start")
    assert others.status_code == 404
    assert (await firm.asks("GET", f"{VISITS}/V-2"))["state"] == "planned"
    assert "0 à faire" in await firm.see("/account/day")
    assert "Aucune visite" in await firm.see(f"/account/day?on={today + timedelta(days=1)}")
    [refused] = [row for row in await firm.operator.rows(audit) if row.action == "access.refused"]
    assert (refused.object, refused.after["why"]) == ("visit:V-2", "not theirs")
    await firm.drives("CL-1")
    assert "lié à aucun technicien" in await firm.see("/account/day")
    async with owner.anyone() as tx:
        mine = tenant.c.id == firm.operator.tenant
        await tx.execute(update(tenant).where(mine).values(second_factor="staff"))
    unproved = await firm.operator.http.get("/console/account/day")
    assert unproved.headers["location"] == "/console/account"


async def test_a_plan_that_was_overtaken_says_so_and_asks_again(firm: Firm) -> None:
    day = {"first_on": str(firm.monday), "days": 1, "seconds": 0}
    plan = (await firm.asks("POST", PLANS, json=day))["id"]
    moves = [{"visit_ref": "V-1", "technician_ref": "T-1", "on": str(firm.monday)}]
    await firm.asks("POST", f"{PLANS}/{plan}/moves", json={"moves": moves})
    assert "ont changé" not in await firm.see(f"/plans/{plan}")
    assert (await firm.carry("V-1", "T-2", firm.monday)).status_code == 303
    seen = await firm.operator.see(f"/plans/{plan}")
    assert "Les tournées ont changé depuis ce plan" in seen
    assert "par Max Roux" in unescape(seen).replace("\u00a0", " ")
    assert re.search(r'name="technician" value="T-1">', seen), "who would undo it is not ticked"
    refused = await firm.operator.send(f"/plans/{plan}/accept", technician="T-1")
    assert refused.status_code == 409
    assert "malgré ces changements" in refused.text
    sent = await firm.operator.send(f"/plans/{plan}/accept", technician="T-1", despite="yes")
    assert sent.status_code == 303, sent.text
    standing = await firm.asks("GET", f"{VISITS}/V-1")
    assert standing["planned"]["technician_ref"] == "T-1"
    assert "Lina Favre" in await firm.see("/visits/V-1")


async def test_technicians_and_visits_are_found_by_a_piece_of_a_name(firm: Firm) -> None:
    assert "Techniciens T-1 Lina Favre" in await firm.see("/search?text=favre")
    found = await firm.see("/search?text=noe")
    assert "Visites V-2 Noé Blanc" in found
    assert "V-1" not in found
    straight = await firm.operator.http.get("/console/search?text=v-3")
    assert straight.headers["location"] == "/console/visits/V-3"
    await firm.drives("X-1")
    assert (await firm.operator.http.get("/console/search?text=favre")).status_code != 200
