"""What processes keep in Temporal is sealed before it leaves us: AES-256-GCM under the case's own key.

Arguments, results, signals, details and the texts of failures go through it. A payload names its key, so that
keys may change; one without our encoding is passed through, so that older histories replay.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
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
        return [await self._opened(payload) for payload in payloads]

    async def _opened(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        name = payload.metadata.get(KEY, b"")
        secret = await self.keys.named(name.decode("ascii", "replace"))
        if secret is None:
            raise Sealed("the key of this history was destroyed, or never was")
        try:
            plain = AESGCM(secret).decrypt(payload.data[:NONCE], payload.data[NONCE:], name)
            return Payload.FromString(plain)
        except (InvalidTag, ValueError, DecodeError):
            raise Sealed("a payload is not as it was written") from None


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
