"""HTTP to addresses that somebody else chose: never into our own network, never for long, never for much.

A name is resolved once, every address it has is checked, and the connection goes to the address that was
checked, while TLS and the Host header keep the name: a second answer of a name server decides nothing.
Connections are not kept, for one that was opened under a name must not serve another at the same address.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager

import httpx

from domain.network import host_problem, is_internal, is_public

Resolver = Callable[[str, int], Awaitable[list[str]]]

WITHIN = 15.0
LARGEST = 1_000_000
PORTS = (443, 80)
ADDRESSES_TRIED = 3
AT_ONCE = httpx.Limits(max_connections=100, max_keepalive_connections=0)


class NotAllowed(httpx.TransportError):
    """The address may not be called, or answered as none may. Says what, and nothing of our network."""


async def resolve(host: str, port: int) -> list[str]:
    """Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


def guarded_client(
    allow_private: bool = False,
    *,
    ports: Collection[int] = PORTS,
    within: float = WITHIN,
    largest: int = LARGEST,
    resolver: Resolver = resolve,
    verify: ssl.SSLContext | bool = True,
) -> httpx.AsyncClient:
    """Follows no redirect and knows no proxy. Fails with an `httpx.TransportError`, and with an
    `httpx.InvalidURL` for what cannot be read as an address.

    ``allow_private`` opens the house's own networks and every port, for tools that stand there; never the
    addresses of a link, where clouds keep secrets. All is over ``within`` seconds, and an answer
    has at most ``largest`` bytes.
    """
    transport = GuardedTransport(allow_private, frozenset(ports), within, largest, resolver, verify)
    return httpx.AsyncClient(
        transport=transport, trust_env=False, follow_redirects=False, timeout=within,
        headers={"Accept-Encoding": "identity", "User-Agent": "echeance/1"},
    )  # fmt: skip


class GuardedTransport(httpx.AsyncBaseTransport):
    def __init__(
        self, allow_private: bool, ports: frozenset[int], within: float, largest: int, resolver: Resolver,
        verify: ssl.SSLContext | bool,
    ) -> None:  # fmt: skip
        self._private, self._ports, self._within, self._largest = allow_private, ports, within, largest
        self._resolve = resolver
        self._inner = httpx.AsyncHTTPTransport(verify=verify, trust_env=False, limits=AT_ONCE)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        async with _deadline(self._within, request):
            host, port = self._allowed_place(request.url)
            addresses = await self._allowed_addresses(host, port)
            return await self._first_that_answers(request, host, addresses)

    async def aclose(self) -> None:
        await self._inner.aclose()

    def _allowed_place(self, url: httpx.URL) -> tuple[str, int]:
        """Raises NotAllowed."""
        if url.scheme not in ("https", "http"):
            raise NotAllowed("only http and https are called")
        if url.userinfo:
            raise NotAllowed("an address may hold no user and no password")
        host = url.raw_host.decode("ascii")
        if problem := host_problem(host):
            raise NotAllowed(f"the host {problem}")
        port = url.port or (443 if url.scheme == "https" else 80)
        if not self._private and port not in self._ports:
            raise NotAllowed(f"port {port} is not called")
        return host.rstrip("."), port

    async def _allowed_addresses(self, host: str, port: int) -> list[str]:
        """Raises NotAllowed: one bad address spoils them all, for a name has no business with both kinds."""
        try:
            found = list(dict.fromkeys(await self._resolve(host, port)))
        except (OSError, UnicodeError):
            raise httpx.ConnectError("the host's name has no address") from None
        if not found:
            raise httpx.ConnectError("the host's name has no address")
        if not all(is_public(one) or (self._private and is_internal(one)) for one in found):
            raise NotAllowed("the host is not on the open internet")
        return found[:ADDRESSES_TRIED]

    async def _first_that_answers(
        self, request: httpx.Request, host: str, addresses: list[str]
    ) -> httpx.Response:  # fmt: skip
        content = await request.aread()
        for address in addresses[:-1]:
            try:
                return await self._ask(request, host, address, content)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await self._ask(request, host, addresses[-1], content)

    async def _ask(self, request: httpx.Request, host: str, address: str, content: bytes) -> httpx.Response:
        """The client has written the Host header already, out of the name."""
        there = httpx.Request(
            request.method, request.url.copy_with(host=address), headers=request.headers, content=content,
            extensions={"timeout": request.extensions.get("timeout", {}), "sni_hostname": host},
        )  # fmt: skip
        answer = await self._inner.handle_async_request(there)
        try:
            return await self._whole(answer)
        finally:
            await answer.aclose()

    async def _whole(self, answer: httpx.Response) -> httpx.Response:
        """Raises NotAllowed for more than the limit, and for what would grow when unpacked."""
        if answer.headers.get("content-encoding", "identity").lower() != "identity":
            raise NotAllowed("the answer is packed, which was not asked for")
        assert isinstance(answer.stream, httpx.AsyncByteStream)
        read = bytearray()
        async for part in answer.stream:
            read += part
            if len(read) > self._largest:
                raise NotAllowed(f"the answer has more than {self._largest} bytes")
        return httpx.Response(answer.status_code, headers=answer.headers, content=bytes(read))


@asynccontextmanager
async def _deadline(seconds: float, request: httpx.Request) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise httpx.ReadTimeout(f"not over within {seconds:g} s", request=request) from None
