"""Sends naughty texts, and looks at each answer and at each line that is logged meanwhile."""

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import httpx
from sqlalchemy import delete

from adapters.logs import Redacting, Redaction
from database.shared import cases, people
from database.shared.passwords import set_password
from database.shared.sign_in_tables import sign_in_failure
from domain.case import Review
from domain.decision import Bilingual, Decision, Reason, Waiting
from tests.api.naughty import ELEMENT, FORGED, HEADER, LOOP, PRODUCT, Obeyed, Place, Shapes
from tests.api.test_console import PASSWORD, Operator, decided
from tests.api.world import EXISTING, World
from tests.ground import ROOT

KNOWN = {
    "driver_ref": "X-1", "contact_ref": "X-1", "customer_ref": "X-1", "student_ref": "X-1",
    "school_tutor_ref": "T-1", "company_tutor_ref": "T-1", "contract_ref": "C-1", "client_ref": "CL-1",
    "placement_ref": "S-1", "expires_at": "2031-09-01T00:00:00Z", "received_on": "2031-03-01",
    "to_on": "2031-09-01",
}  # fmt: skip
"""What is there to be named, so that nothing but the text under trial is wrong."""
FRESH = {
    "ref": "N-{}", "bike_ref": "N-{}", "transaction_id": "N-{}", "email": "n{}@example.org",
    "url": "https://e.example/{}",
}  # fmt: skip
"""What only one may have."""
PLAIN = ("application/json", "application/problem+json", "text/csv", "application/pdf")


@dataclass
class Storm:
    """``things`` are ids of what is there, by the beginning of its address."""

    world: World
    operator: Operator
    lines: list[str]
    numbers: Iterator[int] = field(default_factory=lambda: count(2))
    things: dict[str, str] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    kept: dict[tuple[str, Place], set[str]] = field(default_factory=dict)
    tried: int = 0
    taken: int = 0

    async def settle(self) -> None:
        """One of everything that is known by an id, and two cases that say naughty things."""
        here, who = self.world.here, self.operator
        await who.reviewed("K-1", said("<zzevil>", "{{7919*7907}}"))
        case = replace(who.case("C-1"), process="fleet.contract")
        async with who.database.tenant(here.tenant) as tx:
            await cases.record(tx, Review(case, who.clock.at, "run", 1), said('"><zzevil onzz=1>', "=1+1"))
        self.things["/v1/alerts"] = str(await who.alerted("K-1", "<zzevil>{{7919*7907}}"))
        access = {"kind": "access", "contact_ref": "X-1"}
        hook = {"url": "https://e.example/1", "description": "'onzz=1"}
        invited = {"email": "new@example.org", "full_name": "<zzevil>", "roles": ["operator"]}
        for path, given in (("privacy/requests", access), ("webhooks", hook), ("people", invited)):
            made = await here.post(f"/v1/{path}", json=given)
            assert made.is_success, made.text
            self.things[f"/v1/{path}"] = made.json()["id"]
        self.known = {"content": (ROOT / "rules/fleet/dunning.yaml").read_text("utf-8")}

    def judge(self, answer: httpx.Response, *about: object) -> httpx.Response:
        self.tried += 1
        self.taken += answer.is_success or answer.is_redirect
        assert answer.status_code < 500, (about, answer.text[:500])
        for name, value in answer.headers.raw:
            assert not name.lower().startswith(HEADER.encode()), about
            assert not re.search(rb"[\r\n\x00]", value), (about, name)
            assert name.lower() != b"set-cookie" or ELEMENT.encode() not in value, about
        kind = answer.headers.get("content-type", "")
        if kind.startswith("text/html"):
            assert Obeyed(answer.text).found == [], about
            assert PRODUCT not in answer.text, about
            assert LOOP not in answer.text, about
        elif answer.content:
            assert kind.startswith(PLAIN) or "attachment" in answer.headers["content-disposition"], about
        wrong = [line for line in self.lines if line.startswith(FORGED) or len(line.splitlines()) > 1]
        assert wrong == [], about
        return answer

    async def body(
        self, method: str, path: str, schema: Any, place: Place, text: str, shapes: Shapes
    ) -> None:
        body = shapes.sample(schema)
        if isinstance(body, dict):
            number = next(self.numbers)
            known = {**KNOWN, **self.known, **{name: one.format(number) for name, one in FRESH.items()}}
            body |= {name: known[name] for name in body.keys() & known.keys()}
        sent = json.dumps(shapes.put(schema, body, place, text)).encode()  # halves as escapes
        kind = {"Content-Type": "application/json"}
        answer = await self.world.here.call(method, self.address(path), content=sent, headers=kind)
        self.judge(answer, method, path, place, text[:80])
        if answer.is_success and shapes.is_free(schema, place):
            kept = self.kept.setdefault((path, place), {text.strip()})
            kept.add(text.strip())
            assert answer.json().get(place[0], text.strip()) in kept, (path, place)

    def address(self, path: str) -> str:
        """Of a thing that is there."""
        for begin, id in self.things.items():
            path = re.sub(rf"^{begin}/\{{id\}}", f"{begin}/{id}", path)
        if known := next((one for one in EXISTING if path.startswith(one)), ""):
            path = known.rpartition("{")[0] + self.world.names(known, 1) + path[len(known) :]
        path = path.replace("{domain}/{book}", "fleet/dunning").replace("{tenant}", self.world.here.tenant)
        return re.sub(r"\{[\w:]+\}", "1", path)

    async def enter(self) -> str:
        """The token of forms; signs in anew where a form ended the session or changed the password."""
        who = self.operator
        async with who.database.tenant(who.tenant) as tx:
            await tx.execute(delete(sign_in_failure))
        page = await who.http.get("/console/account")
        if page.is_redirect:
            async with who.database.tenant(who.tenant) as tx:
                me = await people.person_by_email(tx, who.tenant, who.email)
                assert me is not None
                await set_password(tx, who.tenant, me, PASSWORD, who.clock.at)
            assert (await who.sign_in()).status_code == 303
            page = await who.http.get("/console/account")
        token = re.search(r'name="form_token" value="([^"]+)"', page.text)
        assert token is not None
        return token[1]


def said(text: str, other: str) -> Decision:
    both = Bilingual(text, other)
    return decided(waiting=Waiting(both, both), facts={text: other}, reasons=(Reason(text, 1, both),))


def bytes_of(text: str) -> bytes:
    """As a form would bring it, halves of characters included."""
    return text.encode("utf-8", "surrogatepass")


class Lines(logging.Handler):
    """Keeps what the platform's own formatter makes of each record."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[str] = []
        self.setFormatter(Redacting(logging.Formatter("%(message)s"), Redaction()))

    def emit(self, record: logging.LogRecord) -> None:
        self.kept.append(self.format(record))
