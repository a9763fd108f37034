"""Whoever names an address to us reaches the open internet with it, and nothing else."""

import asyncio
import time
from pathlib import Path

import httpx
import pytest

from adapters.guarded_http import NotAllowed, guarded_client
from tests.adapters.receivers import OK, Names, answering, certificate, pouring, serving, silent

INSIDE = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "0.1.2.3", "10.0.0.7", "172.16.3.4", "192.168.1.1", "100.64.0.1",
    "100.100.100.200", "169.254.169.254", "168.63.129.16", "192.0.0.192", "192.0.2.1", "192.88.99.1",
    "198.18.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1",
    "::ffff:169.254.169.254", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1",
    "2002:7f00:1::1", "2001:0:7f00:1::", "2001:db8::1", "3fff::1", "fc00::1", "fd00:ec2::254", "fe80::1",
    "fe80::1%eth0", "fec0::1", "ff02::1",
]  # fmt: skip
WRITTEN_ODDLY = ["2130706433", "0x7f000001", "017700000001", "0x7f.1", "127.1", "127.0.0.0x1", "1.2.3.4.5"]


async def refused(url: str, **given: object) -> str:
    """Why, and that nobody was asked anything over the network."""
    async with guarded_client(**given) as http:  # type: ignore[arg-type]
        with pytest.raises(NotAllowed) as why:
            await http.post(url, content=b"{}")
    return str(why.value)


@pytest.mark.parametrize("address", INSIDE)
async def test_a_name_that_leads_inside_is_not_called(address: str) -> None:
    names = Names([[address]])
    assert await refused("https://hooks.example/", resolver=names) == "the host is not on the open internet"
    assert names.asked == ["hooks.example"]


@pytest.mark.parametrize("address", INSIDE)
async def test_nor_is_the_address_itself(address: str) -> None:
    written = f"[{address}]" if ":" in address else address
    if "%" not in address:
        assert await refused(f"https://{written}/") == "the host is not on the open internet"


@pytest.mark.parametrize("host", WRITTEN_ODDLY)
async def test_an_address_in_disguise_is_no_name(host: str) -> None:
    names = Names([["93.184.216.34"]])
    assert "none in its usual form" in await refused(f"https://{host}/", resolver=names)
    assert names.asked == []


async def test_an_octal_quad_is_no_address_at_all() -> None:
    async with guarded_client() as http:
        with pytest.raises(httpx.InvalidURL):
            await http.get("https://0177.0.0.1/")


async def test_one_bad_address_spoils_a_name() -> None:
    names = Names([["93.184.216.34", "127.0.0.1"]])
    assert "open internet" in await refused("https://hooks.example/", resolver=names)


async def test_localhost_is_what_the_machine_says_it_is() -> None:
    assert "open internet" in await refused("https://localhost/")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://root:secret@hooks.example/", "no user and no password"),
        ("https://93.184.216.34@127.0.0.1/", "no user and no password"),
        ("https://hooks.example:22/", "port 22"),
        ("http://hooks.example:6379/", "port 6379"),
        ("ftp://hooks.example/", "http and https"),
    ],
)
async def test_what_else_an_address_may_not_hold(url: str, why: str) -> None:
    assert why in await refused(url, resolver=Names([["93.184.216.34"]]))


async def test_even_an_open_house_never_calls_its_links() -> None:
    for address in ("169.254.169.254", "fe80::1", "0.0.0.0", "224.0.0.1", "::ffff:127.0.0.1"):
        names = Names([[address]])
        assert "open internet" in await refused("http://tool.local/", allow_private=True, resolver=names)


async def test_the_answer_that_was_checked_is_the_one_that_is_called() -> None:
    """A name server that gives a second answer a moment later moves nothing."""
    async with serving(OK) as first, serving(OK, "127.0.0.2", first.port) as second:
        names = Names([["127.0.0.1"], ["127.0.0.2"]])
        async with guarded_client(allow_private=True, resolver=names) as http:
            answer = await http.get(f"http://hooks.example:{first.port}/a?b=c")
        assert (answer.status_code, answer.text) == (200, "ok")
        assert (len(first.heads), len(second.heads), names.asked) == (1, 0, ["hooks.example"])
        assert first.heads[0].startswith("GET /a?b=c HTTP/1.1")
        assert f"Host: hooks.example:{first.port}" in first.heads[0]


async def test_every_request_asks_again_so_that_a_name_that_turns_inward_is_caught() -> None:
    async with serving(OK) as server:
        names = Names([["127.0.0.1"], ["169.254.169.254"]])
        async with guarded_client(allow_private=True, resolver=names) as http:
            assert (await http.get(f"http://hooks.example:{server.port}/")).status_code == 200
            with pytest.raises(NotAllowed):
                await http.get(f"http://hooks.example:{server.port}/")
        assert len(server.heads) == 1


async def test_the_next_address_is_tried_when_one_is_dead() -> None:
    async with serving(OK) as server:
        names = Names([["127.0.0.9", "127.0.0.1"]])
        async with guarded_client(allow_private=True, resolver=names) as http:
            assert (await http.post(f"http://hooks.example:{server.port}/", content=b"x")).text == "ok"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_an_answer_and_no_order(status: int) -> None:
    moved = answering(f"HTTP/1.1 {status} Moved\nLocation: http://169.254.169.254/\nContent-Length: 0\n\n")
    async with serving(moved) as server, guarded_client(allow_private=True) as http:
        assert (await http.post(f"http://127.0.0.1:{server.port}/")).status_code == status
        assert len(server.heads) == 1


async def test_who_follows_a_redirect_by_hand_is_checked_again() -> None:
    moved = answering("HTTP/1.1 302 Found\nLocation: http://169.254.169.254/\nContent-Length: 0\n\n")
    async with serving(moved) as server, guarded_client(allow_private=True) as http:
        with pytest.raises(NotAllowed):
            await http.get(f"http://127.0.0.1:{server.port}/", follow_redirects=True)


async def test_tls_keeps_the_name(tmp_path: Path) -> None:
    mine, trusting = certificate(tmp_path, ["hooks.example"])
    async with serving(OK, context=mine) as server:
        names = Names([["127.0.0.1"]])
        async with guarded_client(allow_private=True, resolver=names, verify=trusting) as http:
            assert (await http.get(f"https://hooks.example:{server.port}/")).text == "ok"
            with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
                await http.get(f"https://other.example:{server.port}/")
            with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
                await http.get(f"https://127.0.0.1:{server.port}/")
        assert len(server.heads) == 1


async def test_a_certificate_of_nobody_known_is_refused(tmp_path: Path) -> None:
    mine, _ = certificate(tmp_path, ["hooks.example"])
    names = Names([["127.0.0.1"]])
    async with serving(OK, context=mine) as server:
        async with guarded_client(allow_private=True, resolver=names) as http:
            with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
                await http.get(f"https://hooks.example:{server.port}/")
        assert server.heads == []


async def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
        monkeypatch.setenv(name.lower(), "http://127.0.0.1:9")
    async with serving(OK) as server, guarded_client(allow_private=True) as http:
        assert (await http.get(f"http://127.0.0.1:{server.port}/")).text == "ok"


HEAD = "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n"


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        (silent, httpx.ReadTimeout),
        (pouring(HEAD, b"1\r\na\r\n", pause=0.02), httpx.ReadTimeout),
        (pouring("HTTP/1.1 200 OK\n", b"X-A: b\r\n", pause=0.02), httpx.ReadTimeout),
        (pouring("", b"HTTP/1.1 103 Early Hints\r\n\r\n", pause=0.02), httpx.ReadTimeout),
        (pouring(HEAD, b"400\r\n" + b"a" * 1024 + b"\r\n"), NotAllowed),
        (pouring("HTTP/1.1 200 OK\n", b"X-A: " + b"b" * 4096 + b"\r\n"), httpx.RemoteProtocolError),
        (pouring("HTTP/1.1 200 ", b"b" * 4096), httpx.RemoteProtocolError),
        (answering("SSH-2.0-OpenSSH_9.2\n"), httpx.RemoteProtocolError),
        (answering("HTTP/1.1 200 OK\nContent-Encoding: gzip\nContent-Length: 2\n\nxx"), NotAllowed),
    ],
    ids=[
        "silent",
        "drip",
        "slow-headers",
        "endless-hints",
        "flood",
        "huge-headers",
        "huge-status",
        "ssh",
        "gzip",
    ],
)
async def test_nobody_holds_us_for_long_or_fills_our_memory(
    behaviour: object, error: type[Exception]
) -> None:
    """Who is slow meets the limit of time; who sends too much meets the other long before it."""
    began, within = time.monotonic(), 0.5 if error is httpx.ReadTimeout else 60.0
    async with (
        serving(behaviour) as server,  # type: ignore[arg-type]
        guarded_client(allow_private=True, within=within, largest=50_000) as http,
    ):
        with pytest.raises(error):
            await http.get(f"http://127.0.0.1:{server.port}/")
    assert time.monotonic() - began < 30


async def test_a_name_server_that_says_nothing_is_not_waited_for() -> None:
    async def stalled(host: str, port: int) -> list[str]:  # noqa: ARG001
        await asyncio.get_running_loop().create_future()
        return []

    async with guarded_client(within=0.2, resolver=stalled) as http:
        with pytest.raises(httpx.ReadTimeout):
            await http.get("https://hooks.example/")


async def test_a_name_without_an_address_is_a_failed_connection() -> None:
    async with guarded_client(resolver=Names([[]])) as http:
        with pytest.raises(httpx.ConnectError):
            await http.get("https://hooks.example/")
