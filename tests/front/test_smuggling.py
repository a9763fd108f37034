"""Requests that end in two places: what the front takes for one is one for the API, or nothing at all."""

import socket
import ssl
from collections import Counter
from contextlib import suppress
from pathlib import Path

from tests.front.standing import Front, echoing, started

HIDDEN = "GET /v1/smuggled HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 10.9.9.9\r\n\r\n"
ENDS = "0\r\n\r\n"
CHUNKED = f"{len(HIDDEN):x}\r\n{HIDDEN}\r\n{ENDS}"
WHOLE = f"Content-Length: {len(HIDDEN)}"


def post(*headers: str, body: str = HIDDEN, first: str = "POST /v1/outer HTTP/1.1") -> bytes:
    return "\r\n".join((first, "Host: x", *headers, "", body)).encode("latin-1")


LENGTHS = [
    (WHOLE, "Content-Length: 0"),
    ("Content-Length: 0", WHOLE),
    (f"Content-Length: 0, {len(HIDDEN)}",),
    ("Content-Length: +0",),
    ("Content-Length: -1",),
    ("Content-Length: 0x0",),
    ("Content-Length: 0 0",),
    ("Content-Length: 0\x0b",),
    ("Content-Length:\r\n 0",),
    ("Content-Length: 99999999999999999999999",),
    ("Content-Length : 0",),
    ("Content-Length\x00: 0",),
]
"""More than one end, or one that can be read in two ways."""
CODINGS = [
    "Transfer-Encoding: chunked",
    "Transfer-Encoding : chunked",
    "Transfer-Encoding: xchunked",
    "Transfer-Encoding: chunked, identity",
    "Transfer-Encoding: identity, chunked",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
    "Transfer-Encoding:\x0bchunked",
    'Transfer-Encoding: "chunked"',
    "Transfer-Encoding:\r\n chunked",
    " Transfer-Encoding: chunked",
    "X: y\nTransfer-Encoding: chunked",
    "X: y\rTransfer-Encoding: chunked",
    "Transfer_Encoding: chunked",
    "Transfer-Encoding: cHuNkEd",
    "Transfer-Encoding: chunked\x00",
    "Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked",
]
"""Of which the one side might see the chunks and the other the length."""
CHUNKS = [
    f"0x0\r\n\r\n{HIDDEN}",
    f"-0\r\n\r\n{HIDDEN}",
    f"+0\r\n\r\n{HIDDEN}",
    f"\r\n0\r\n\r\n{HIDDEN}",
    f"0 \n\r\n{HIDDEN}",
    f"0;\n\r\n{HIDDEN}",
    f"fffffffffffffffff0\r\n{HIDDEN}",
    f"1\r\nZ\n{ENDS}{HIDDEN}",
    f"1\r\nZZ\r\n{ENDS}{HIDDEN}",
    f'1;a="\n\r\nZ\r\n{ENDS}',
    f"2\r\nZ\r\n{ENDS}{HIDDEN}",
]
LINES = [
    "GET /v1/outer HTTP/1.1\nHost: x\n\nGET /v1/smuggled HTTP/1.1",
    "GET /v1/outer\r\n",
    "GET /v1/outer%0d%0aHost:%20x%0d%0a%0d%0aGET%20/v1/smuggled HTTP/1.1",
    "GET /v1/outer HTTP/1.1\rX: y",
    "GET /v1/outer HTTP/1.0",
    "GET http://other/v1/outer HTTP/1.1",
    "GET /v1/outer /v1/smuggled HTTP/1.1",
    "GET\t/v1/outer HTTP/1.1",
    "GET /v1/outer HTTP/2.0",
    "PRI * HTTP/2.0",
]
ATTACKS = [
    *(post(*headers) for headers in LENGTHS),
    *(post(coding, WHOLE, body=ENDS + HIDDEN) for coding in CODINGS),
    *(post(WHOLE, coding, body=CHUNKED) for coding in CODINGS),
    *(post("Transfer-Encoding: chunked", body=body) for body in CHUNKS),
    *(post("Connection: close", first=line, body="") for line in LINES),
    post("Transfer-Encoding: chunked", body=ENDS + HIDDEN, first="POST /v1/outer HTTP/1.0"),
    post(WHOLE, "Expect: 100-continue"),
    post(WHOLE, first="GET /v1/outer HTTP/1.1"),
    post(WHOLE, first="HEAD /v1/outer HTTP/1.1"),
    post("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk", WHOLE),
    post("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", WHOLE),
    post(WHOLE, "Host: other"),
]


LAST = b"GET /v1/last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def spoken(front: Front, protocol: str = "http/1.1") -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=str(front.folder / "tls" / "fullchain.pem"))
    context.set_alpn_protocols([protocol])
    plain = socket.create_connection(("127.0.0.1", front.tls), timeout=5)
    return context.wrap_socket(plain, server_hostname="127.0.0.1")


def answers(line: ssl.SSLSocket) -> bytes:
    """All until the other side ends it."""
    got = b""
    with suppress(ssl.SSLError, ConnectionError):
        while chunk := line.recv(65_536):
            got += chunk
    return got


def passed(front: Front) -> Counter[str]:
    """What the front says that it took, by its own record; read it when the front has ended."""
    lines = (front.folder / "access.log").read_text("utf-8").splitlines()
    return Counter(" ".join(line.split()[2:4]) for line in lines)


def test_an_ambiguous_request_hides_no_other(tmp_path: Path) -> None:
    """Who ends a body early has its rest seen as a request by the front, too: then it is one, with all of
    the front's limits and headers. What the front did not see, the API must not."""
    with echoing() as api, started(tmp_path, api.port) as front:
        for number, attack in enumerate(ATTACKS):
            with spoken(front) as line:
                line.sendall(attack.replace(b"/v1/outer", b"/v1/%d" % number) + LAST)
                got = answers(line)
            assert got, attack
            assert b"10.9.9.9" not in got, attack
        with front.client() as client:
            for path in ("/v1/one", "/v1/two", "/v1/three"):
                assert client.get(f"{front.address}{path}").json()["path"] == path
    assert Counter(api.seen) - passed(front) == Counter()
    assert len(api.seen) > len(ATTACKS) / 3


def test_two_ends_are_refused_at_the_front(tmp_path: Path) -> None:
    with echoing() as api, started(tmp_path, api.port) as front:
        for headers in (
            *LENGTHS[:3],
            ("Transfer-Encoding: chunked", WHOLE),
            ("Transfer-Encoding: xchunked",),
        ):
            with spoken(front) as line:
                line.sendall(post(*headers) + LAST)
                assert answers(line).split()[1] in (b"400", b"501"), headers
    assert api.seen == []


FRAMES = {"settings": 4, "headers": 1, "data": 0, "reset": 3, "goaway": 7}


def frame(kind: str, flags: int, stream: int, payload: bytes) -> bytes:
    head = len(payload).to_bytes(3, "big") + bytes([FRAMES[kind], flags]) + stream.to_bytes(4, "big")
    return head + payload


def packed(*fields: tuple[str, str]) -> bytes:
    """Each as a literal that is not indexed (RFC 7541, 6.2.2)."""
    texts = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in fields]
    return b"".join(b"\0" + bytes([len(one)]) + one + bytes([len(two)]) + two for one, two in texts)


def answered(line: ssl.SSLSocket) -> bool:
    """Once the only stream, or the whole connection, has been ended: who leaves before is not passed on."""
    got = b""
    while chunk := line.recv(65_536):
        got += chunk
        while len(got) >= 9 and len(got) >= (size := 9 + int.from_bytes(got[:3], "big")):
            kind, flags, stream = got[3], got[4], int.from_bytes(got[5:9], "big")
            got = got[size:]
            ended = kind in (FRAMES["headers"], FRAMES["data"]) and flags & 1
            if kind == FRAMES["goaway"] or (stream == 1 and (ended or kind == FRAMES["reset"])):
                return True
    return False


OUTER = ((":method", "POST"), (":scheme", "https"), (":authority", "x"), (":path", "/v1/outer"))
SECOND = "GET /v1/smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
BENT = [
    ((*OUTER, ("content-length", "0")), SECOND),
    ((*OUTER, ("content-length", "500")), SECOND),
    ((*OUTER, ("content-length", "0"), ("content-length", "41")), SECOND),
    ((*OUTER, ("transfer-encoding", "chunked")), ENDS + SECOND),
    ((*OUTER, ("x", "y\r\ntransfer-encoding: chunked")), ENDS + SECOND),
    ((*OUTER, ("x", f"y\r\n\r\n{SECOND}")), ""),
    ((*OUTER, ("x\r\ntransfer-encoding", "chunked")), ENDS + SECOND),
    ((*OUTER, ("x: y\r\n\r\n", "z")), ""),
    ((*OUTER, ("connection", "transfer-encoding"), ("transfer-encoding", "chunked")), ENDS + SECOND),
    ((*OUTER[:3], (":path", f"/v1/outer HTTP/1.1\r\nHost: x\r\n\r\n{SECOND}")), ""),
    ((*OUTER[:3], (":path", "/v1/outer /v1/smuggled")), ""),
    (((":method", f"{SECOND}POST"), *OUTER[1:]), ""),
    ((*OUTER, (":path", "/v1/smuggled")), ""),
    ((*OUTER[:2], (":authority", f"x\r\n\r\n{SECOND}"), OUTER[3]), ""),
    ((*OUTER, ("host", "other\r\nx: y")), ""),
]
"""What HTTP/2 can carry and HTTP/1.1, in which it is passed on, would read in another way."""


def test_nothing_is_smuggled_by_way_of_http_2(tmp_path: Path) -> None:
    opening = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame("settings", 0, 0, b"")
    with echoing() as api, started(tmp_path, api.port) as front:
        for number, (fields, body) in enumerate(((OUTER, ""), *BENT)):
            told = packed(*((name, value.replace("outer", str(number))) for name, value in fields))
            asked = frame("headers", 4, 1, told) + frame("data", 1, 1, body.encode())
            with spoken(front, "h2") as line:
                line.sendall(opening + asked)
                assert answered(line), fields
        with front.client() as client:
            assert client.get(f"{front.address}/v1/last").json()["path"] == "/v1/last"
    assert Counter(api.seen) - passed(front) == Counter()
    assert {"POST /v1/0", "GET /v1/last"} <= set(api.seen)
    assert not [one for one in api.seen if "smuggled" in one]
