"""Temporal as the doorbell of processes, and how every client of ours connects."""

from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from temporalio.client import Client
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes
from temporalio.service import RPCError, RPCStatusCode, TLSConfig

from adapters.history_codec import converter
from domain.case import Case, Outcome, Ring
from domain.ports import PayloadKeys

TENANT = SearchAttributeKey.for_keyword("EcheanceTenant")
DOMAIN = SearchAttributeKey.for_keyword("EcheanceDomain")
PROCESS = SearchAttributeKey.for_keyword("EcheanceProcess")
SUBJECT = SearchAttributeKey.for_keyword("EcheanceSubject")


class Secret(Protocol):
    def get_secret_value(self) -> str: ...


class Chosen(Protocol):
    """Without ``temporal_tls_ca`` the certificate authorities of the machine are believed.

    ``temporal_tls_name`` is the name in the server's certificate, where it is not that of the address.
    """

    @property
    def temporal_address(self) -> str: ...
    @property
    def temporal_namespace(self) -> str: ...
    @property
    def temporal_tls(self) -> bool: ...
    @property
    def temporal_tls_ca(self) -> Path | None: ...
    @property
    def temporal_tls_certificate(self) -> Path | None: ...
    @property
    def temporal_tls_key(self) -> Path | None: ...
    @property
    def temporal_tls_name(self) -> str: ...
    @property
    def temporal_api_key(self) -> Secret: ...


async def connect(
    address: str,
    namespace: str = "default",
    keys: PayloadKeys | None = None,
    tls: TLSConfig | None = None,
    api_key: str = "",
) -> Client:
    """Without ``keys`` it writes in clear and reads nothing sealed: for questions about the server."""
    return await Client.connect(
        address,
        namespace=namespace,
        data_converter=converter(keys),
        tls=tls or False,
        api_key=api_key or None,
    )


async def connect_as(chosen: Chosen, keys: PayloadKeys | None = None) -> Client:
    """As the settings ask for. Raises OSError when a certificate cannot be read."""
    return await connect(
        chosen.temporal_address,
        chosen.temporal_namespace,
        keys,
        tls_of(chosen),
        chosen.temporal_api_key.get_secret_value(),
    )


def tls_of(chosen: Chosen) -> TLSConfig | None:
    if not chosen.temporal_tls:
        return None
    return TLSConfig(
        server_root_ca_cert=_content(chosen.temporal_tls_ca),
        domain=chosen.temporal_tls_name or None,
        client_cert=_content(chosen.temporal_tls_certificate),
        client_private_key=_content(chosen.temporal_tls_key),
    )


def _content(path: Path | None) -> bytes | None:
    return path.read_bytes() if path else None


class TemporalDoorbell:
    def __init__(self, client: Client) -> None:
        self.client = client

    async def start(self, case: Case, fact: str, at: datetime) -> str:  # noqa: ARG002
        """Starts the process or, if it is open, signals it: a start is never lost to a closing run."""
        await self._start(self.client, case, fact)
        return "started"

    async def ring(self, case: Case, fact: str, at: datetime) -> str:  # noqa: ARG002
        handle = self.client.get_workflow_handle(case.workflow_id)
        try:
            await handle.signal("rung", Ring(fact))
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return "no open process"
            raise
        return "rung"

    def queue_of(self, case: Case) -> str:
        """One for each business, and the platform's."""
        return case.domain

    async def _start(self, client: Client, case: Case, fact: str, **options: Any) -> None:
        await client.start_workflow(
            case.process,
            case,
            id=case.workflow_id,
            task_queue=self.queue_of(case),
            result_type=Outcome,
            search_attributes=identity(case),
            static_summary=f"{case.process} · {case.ref}",
            static_details=f"Tenant `{case.tenant}`, subject `{case.ref}`, dates in {case.zone}.",
            start_signal="rung",
            start_signal_args=[Ring(fact)],
            **options,
        )


def identity(case: Case) -> TypedSearchAttributes:
    """Whose process it is: references only, never a name or an address."""
    return TypedSearchAttributes(
        [
            SearchAttributePair(TENANT, case.tenant),
            SearchAttributePair(DOMAIN, case.domain),
            SearchAttributePair(PROCESS, case.process),
            SearchAttributePair(SUBJECT, case.ref),
        ]
    )
