"""The forms of technicians and visits keep what nobody touched in them, and let go of what was taken out."""

import re
from html.parser import HTMLParser

from tests.api.planning_samples import ANNECY, SHIFT, TECHNICIANS, VISITS, technician, visit
from tests.api.test_console import console_app, console_parts, operator, stranger
from tests.api.test_console_planning import Firm, firm

__all__ = ["console_app", "console_parts", "firm", "operator", "stranger"]


class Form(HTMLParser):
    """What a browser sends back of a form that nobody touches."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._inside = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        name = said.get("name") or ""
        if tag == "textarea":
            self._inside, self.values[name] = name, ""
        elif tag == "input" and (said.get("type") != "checkbox" or "checked" in said):
            self.values[name] = said.get("value") or ""

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.values[self._inside] += data.replace("\n", "\r\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._inside = ""


async def untouched(firm: Firm, act: str, **about: str) -> dict[str, str]:
    ((name, ref),) = about.items()
    shown = Form(await firm.operator.see(f"/do/{act}?{name}={ref}")).values
    return {one: value for one, value in shown.items() if one not in ("form_token", "q")}


async def test_what_nobody_touched_in_a_form_of_a_technician_stays(firm: Firm) -> None:
    odd = technician(
        "X-1", skills={"norme 15": 1, "gaz, fioul": 2, "fer": 1000}, zones=["Annecy, lac", "Thônes"],
        parts={"vanne 20": 1, "joint": 0}, start={"latitude": 44.8, "longitude": 0.00005}, end=ANNECY,
        week={"1": {**SHIFT, "begin": "08:00:30"}, "2": SHIFT},
    )  # fmt: skip
    await firm.asks("PUT", f"{TECHNICIANS}/T-1", json=odd)
    before = await firm.asks("GET", f"{TECHNICIANS}/T-1")
    fields = await untouched(firm, "change-technician", technician="T-1")
    assert (await firm.operator.send("/do/change-technician", **fields)).status_code == 303
    assert await firm.asks("GET", f"{TECHNICIANS}/T-1") == before
    more = {**fields, "parts": f"{fields['parts']}, filtre 3"}
    assert (await firm.operator.send("/do/change-technician", **more)).status_code == 303
    now = await firm.asks("GET", f"{TECHNICIANS}/T-1")
    assert now["parts"] == {"vanne 20": 1, "joint": 0, "filtre": 3}


async def test_what_nobody_touched_in_a_form_of_a_visit_stays(firm: Firm) -> None:
    promise = {"on": str(firm.monday), "at": "09:17:23", "tolerance": "00:20", "technician_ref": "T-2"}
    odd = visit(
        duration="01:15:30", skills={"gaz, fioul": 1}, promise=promise, parts={"vanne 20": 1},
        windows=[{"opens": "08:00:30", "closes": "12:00", "weekdays": [1, 2]}],
        pin={"technician_ref": "T-2"},
    )  # fmt: skip
    await firm.asks("PUT", f"{VISITS}/V-1", json=odd)
    before = await firm.asks("GET", f"{VISITS}/V-1")
    fields = await untouched(firm, "change-visit", visit="V-1")
    assert (await firm.operator.send("/do/change-visit", **fields)).status_code == 303
    assert await firm.asks("GET", f"{VISITS}/V-1") == before


async def test_a_mistake_of_one_day_stands_beside_that_day(firm: Firm) -> None:
    fields = await untouched(firm, "change-technician", technician="T-1")
    for name, typed in (("day5", "18:00-08:00"), ("ordinary", "25:00"), ("breaks", "13:00-12:00 00:30")):
        refused = await firm.operator.send("/do/change-technician", **{**fields, name: typed})
        assert refused.status_code == 422
        assert set(re.findall(r'id="wrong-(\w+)"', refused.text)) == {name}


async def test_an_address_that_is_taken_out_of_a_form_is_gone(firm: Firm) -> None:
    fields = await untouched(firm, "change-technician", technician="T-1")
    by_mail = {**fields, "phone": "", "email": "lina@example.org"}
    assert (await firm.operator.send("/do/change-technician", **by_mail)).status_code == 303
    known = await firm.asks("GET", "/v1/contacts/X-1")
    assert (known["phone"], known["email"]) == (None, "lina@example.org")
    refused = await firm.operator.send("/do/change-technician", **{**by_mail, "email": ""})
    assert refused.status_code == 422
