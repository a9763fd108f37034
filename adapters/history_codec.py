"""What processes keep in Temporal is sealed before it leaves us: AES-256-GCM under the case's own key.

Arguments, results, signals, details and the texts of failures go through it. A payload names its key, so that
keys may change; one without our encoding is passed through, so that older histories replay.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import (
    ActivitySerializationContext,
    DataConverter,
    DefaultFailureConverterWithEncodedAttributes,
    PayloadCodec,
    SerializationContext,
    WithSerializationContext,
    WorkflowSerializationContext,
)

from domain.errors import BadInput, Mistake
from domain.ports import PayloadKeys

ENCODING = b"binary/encrypted"
KEY = "encryption-key-id"
NONCE = 12


class Sealed(Exception):
    """A payload whose key was destroyed, or that is not as we wrote it."""


@dataclass(frozen=True)
class HistoryCodec(PayloadCodec, WithSerializationContext):
    """``workflow_id`` is empty where the SDK knows none (a summary): the platform's own key serves there."""

    keys: PayloadKeys
    workflow_id: str = ""

    def with_context(self, context: SerializationContext) -> Self:
        if isinstance(context, WorkflowSerializationContext | ActivitySerializationContext):
            return replace(self, workflow_id=context.workflow_id or "")
        return replace(self, workflow_id="")

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        if not payloads:
            return []
        name, secret = await self.keys.of(self.workflow_id)
        cipher = AESGCM(secret)
        return [_sealed(cipher, name.encode(), payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Raises Sealed."""
        return [await self.opened(payload) for payload in payloads]

    async def opened(self, payload: Payload) -> Payload:
        """What is not sealed comes back as it is. Raises Sealed."""
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        name = payload.metadata.get(KEY, b"")
        secret = await self.keys.named(key_name(payload))
        if secret is None:
            raise Sealed("the key of this history was destroyed, or never was")
        try:
            plain = AESGCM(secret).decrypt(payload.data[:NONCE], payload.data[NONCE:], name)
            return Payload.FromString(plain)
        except (InvalidTag, ValueError, DecodeError):
            raise Sealed("a payload is not as it was written") from None


@dataclass(frozen=True)
class HistoryReader:
    """Implements the port Histories: what Temporal's UI asks a codec server, in protobuf's JSON."""

    codec: HistoryCodec

    async def clear(self, payloads: Sequence[Mapping[str, Any]], tenant: str) -> list[dict[str, Any]]:
        """What another tenant's key seals stays sealed; of what was erased only that is said.

        Raises BadInput when one is not a payload.
        """
        try:
            given = [ParseDict(dict(one), Payload()) for one in payloads]
        except (ParseError, ValueError, TypeError):
            mend = "send payloads as Temporal's UI does: metadata and data in base64"
            raise BadInput(Mistake("payloads", "not payloads", mend)) from None
        return [MessageToDict(await self._clear(one, tenant)) for one in given]

    async def _clear(self, payload: Payload, tenant: str) -> Payload:
        owner, slash, _ = key_name(payload).partition("/")
        if slash and owner != tenant:
            return payload
        try:
            return await self.codec.opened(payload)
        except Sealed as why:
            return Payload(metadata={"encoding": b"json/plain"}, data=json.dumps(f"({why})").encode())


def key_name(payload: Payload) -> str:
    """Empty for a payload that is not sealed."""
    return payload.metadata.get(KEY, b"").decode("ascii", "replace")


def _sealed(cipher: AESGCM, name: bytes, payload: Payload) -> Payload:
    nonce = secrets.token_bytes(NONCE)
    data = nonce + cipher.encrypt(nonce, payload.SerializeToString(), name)
    return Payload(metadata={"encoding": ENCODING, KEY: name}, data=data)


def converter(keys: PayloadKeys | None) -> DataConverter:
    """Dates as pydantic writes them; with ``keys`` sealed, the texts and traces of failures too."""
    if keys is None:
        return pydantic_data_converter
    return replace(
        pydantic_data_converter,
        payload_codec=HistoryCodec(keys),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )
