"""What Temporal keeps of a case: sealed under the case's key, readable with it, gone without it."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict, ParseDict
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.converter import WorkflowSerializationContext
from temporalio.exceptions import ApplicationError

from adapters.history_codec import HistoryCodec, HistoryReader, Sealed, converter
from adapters.local.temporal import EmbeddedTemporal
from database.shared.keys import of_case
from database.shared.payload_keys import CaseKeys
from domain.case import Case
from domain.errors import BadInput
from tests.ground import KEYRING
from tests.stories.fleet import DUNNING, order, signed
from tests.stories.telling import Story, Telling

TOLD = ("courtesy", "days_late", "D-1", "fleet/dunning")
"""What the history of a driver in arrears is full of."""


def case_of(story: Story) -> Case:
    return Case(story.tenant, DUNNING, "C-1", story.zone)


def codec_of(story: Story) -> HistoryCodec:
    return HistoryCodec(CaseKeys(story.telling.database, KEYRING))


async def kept(story: Story) -> str:
    """The history as Temporal holds it, in JSON."""
    client = story.telling.simulation.client
    return (await client.get_workflow_handle(case_of(story).workflow_id).fetch_history()).to_json()


def payloads(value: Any) -> Iterator[Payload]:
    """Sealed ones; search attributes are in clear."""
    if isinstance(value, dict) and "encryption-key-id" in value.get("metadata", {}):
        yield ParseDict(value, Payload())
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from payloads(each)


async def test_a_history_is_sealed_in_the_servers_own_files(
    telling: Telling, temporal: EmbeddedTemporal
) -> None:
    story = await signed(telling)
    await story.until("2032-02-10 12:00")
    text = await kept(story)
    every = list(payloads(json.loads(text)))
    said = b"\n".join(one.data for one in await codec_of(story).decode(every)).decode()
    files = b"".join(one.read_bytes() for one in temporal.folder.iterdir() if ".db" in one.name)
    assert case_of(story).workflow_id.encode() in files
    for word in TOLD:
        assert word in said, word
        assert word not in text, word
    for word in ("days_late", "Waiting for"):  # details shown to operations are kept beside the history
        assert word.encode() not in files, word


async def test_two_cases_have_two_keys_and_a_destroyed_one_opens_nothing(telling: Telling) -> None:
    story, other = await signed(telling), await signed(telling)
    for one in (story, other):
        await one.until("2032-02-07 12:00")
    mine, theirs = [[*payloads(json.loads(text))] for text in [await kept(story), await kept(other)]]
    assert {one.metadata["encryption-key-id"] for one in mine}.isdisjoint(
        {one.metadata["encryption-key-id"] for one in theirs} - {_platforms()}
    )
    async with telling.database.tenant(story.tenant) as tx:
        owner = of_case(DUNNING, "C-1")
        assert await KEYRING.destroy(tx, story.tenant, owner, story.instant("2032-02-08 09:00"), "test")
    sealed = [one for one in mine if one.metadata["encryption-key-id"] != _platforms()]
    assert len(sealed) > 5
    for payload in sealed:
        with pytest.raises(Sealed, match="destroyed"):
            await codec_of(story).decode([payload])
    assert await codec_of(other).decode(theirs)


def _platforms() -> bytes:
    return KEYRING.master.derived("histories").id.encode()


async def test_a_payload_that_was_changed_or_moved_is_refused(telling: Telling) -> None:
    story = await signed(telling)
    context = WorkflowSerializationContext("default", case_of(story).workflow_id)
    [sealed] = await codec_of(story).with_context(context).encode([Payload(data=b"12 500 FCFA")])
    changed = Payload(metadata=sealed.metadata, data=sealed.data[:-1] + bytes([sealed.data[-1] ^ 1]))
    moved = Payload(metadata={**sealed.metadata, "encryption-key-id": _platforms()}, data=sealed.data)
    short = Payload(metadata=sealed.metadata, data=b"")
    for broken in (changed, moved, short):
        with pytest.raises(Sealed, match="not as it was written"):
            await codec_of(story).decode([broken])
    for name in (b"", b"../etc/passwd", b"\xff\x00", f"{story.tenant}/'; --".encode(), b"histories.unknown"):
        stranger = Payload(metadata={**sealed.metadata, "encryption-key-id": name}, data=sealed.data)
        with pytest.raises(Sealed):
            await codec_of(story).decode([stranger])


async def test_an_operator_reads_their_own_tenants_and_learns_what_was_erased(telling: Telling) -> None:
    story = await signed(telling)
    await story.until("2032-02-07 12:00")
    sealed = [MessageToDict(one) for one in payloads(json.loads(await kept(story)))]
    reader = HistoryReader(codec_of(story))
    plain = {"metadata": {"encoding": b64encode(b"json/plain").decode()}, "data": b64encode(b"1").decode()}
    shown = await reader.clear([*sealed, plain], story.tenant)
    assert shown[-1] == plain
    assert "courtesy" in " ".join(b64decode(one["data"]).decode() for one in shown)
    assert await reader.clear(sealed, "another") == sealed
    async with telling.database.tenant(story.tenant) as tx:
        await KEYRING.destroy(
            tx, story.tenant, of_case(DUNNING, "C-1"), story.instant("2032-02-08 09:00"), ""
        )
    after = await HistoryReader(codec_of(story)).clear(sealed[:1], story.tenant)
    assert b"destroyed" in b64decode(after[0]["data"])
    for nonsense in ({"data": 7}, {"metadata": 7}, {"unknown": "x"}):
        with pytest.raises(BadInput):
            await reader.clear([nonsense], story.tenant)


async def test_the_text_and_trace_of_a_failure_are_sealed(telling: Telling) -> None:
    story = await signed(telling)
    await order(story, DUNNING, "paused", "hospital", "2032-02-07 10:00")
    sealing = converter(CaseKeys(telling.database, KEYRING)).with_context(
        WorkflowSerializationContext("default", case_of(story).workflow_id)
    )
    failure = Failure()
    await sealing.encode_failure(ApplicationError("Mireille Nguema +237679284212"), failure)
    assert b"Mireille" not in failure.SerializeToString()
    assert failure.message == "Encoded failure"
    assert str(await sealing.decode_failure(failure)) == "Mireille Nguema +237679284212"
