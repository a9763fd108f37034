"""CloudEvents 1.0 over HTTP: one in the body, a batch, or one spread over headers and body."""

import hashlib
import json
from typing import Annotated, Any, Literal

from fastapi import Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter

from api.bodies import json_of, read_as
from api.fields import Instant, printable
from api.problems import Refused

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
BINARY = "application/json"
MOST = 500

Printable = Annotated[str, AfterValidator(printable)]
Name = Annotated[Printable, Field(min_length=1, max_length=250)]


class CloudEvent(BaseModel):
    """Extension attributes are taken and not read."""

    specversion: Literal["1.0"]
    id: Name
    source: Name
    type: Name
    subject: Printable = Field("", max_length=250)
    time: Instant | None = None
    datacontenttype: Literal["application/json"] = "application/json"
    data: dict[str, Any] = {}

    model_config = ConfigDict(frozen=True, extra="ignore")

    @property
    def fingerprint(self) -> str:
        content = [self.type, self.subject, self.data]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


Batch = TypeAdapter(Annotated[list[dict[str, Any]], Field(max_length=MOST)])


async def events_of(request: Request) -> tuple[list[dict[str, Any]], bool]:
    """The events as given, not checked yet, and whether they are a batch. Raises Refused, BadInput."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = json_of(await request.body())
    if kind == BATCH:
        return read_as(Batch, body), True
    if kind == STRUCTURED:
        return [_one(body)], False
    headers = {
        name.removeprefix("ce-"): value
        for name, value in request.headers.items()
        if name.startswith("ce-")
    }  # fmt: skip
    if not headers:
        raise Refused("bad-request", f"Send {STRUCTURED}, {BATCH}, or the headers ce-id, ce-source, ce-type.")
    return [{**headers, "data": _one(body)}], False


def _one(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise Refused("bad-request", "Send one JSON object.")
    return body
