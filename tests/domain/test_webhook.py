"""Webhooks: which addresses are taken, and when a failed delivery is tried again."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.network import Outgoing
from domain.platform.webhook import (
    AGAIN_AFTER,
    GIVEN_UP_AFTER,
    TYPES,
    next_probe,
    next_try,
    type_mistakes,
    url_mistakes,
)

NOW = datetime(2031, 3, 3, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    "url",
    [
        "https://tool.example/hooks?token=abc", "https://tool.example:443/", "https://tool.example:80/", "https://93.184.216.34/",
        "https://[2606:4700::1111]/", "https://xn--bcher-kva.example/",
    ],
)  # fmt: skip
def test_addresses_of_the_open_internet(url: str) -> None:
    assert url_mistakes(url, Outgoing()) == []


@pytest.mark.parametrize(
    "url",
    [
        "", "tool.example", "http://tool.example/", "ftp://tool.example/", "file:///etc/passwd",
        "https://", "https://user:pw@tool.example/", "https://a@127.0.0.1/", "https://tool.example/#x",
        "https://127.0.0.1/", "https://2130706433/", "https://0x7f.1/", "https://0177.0.0.1/",
        "https://[::1]/", "https://[::ffff:10.0.0.1]/", "https://169.254.169.254/latest", "https://10.0.0.1/",
        "https://localhost/", "https://tool.localhost./", "https://tool.example:0/", "https://tool.example:8443/",
        "https://tool.example:x/",
        "https://tool.example/ a", "https://tool.example/\n", "https://tool.example/é", "https://[fe80::1%25e]/",
        "https://tool.example/" + "a" * 2000, "https://[::1/", "javascript:alert(1)", "https://a..b/",
    ],
)  # fmt: skip
def test_addresses_that_are_refused_at_once(url: str) -> None:
    [mistake] = url_mistakes(url, Outgoing())
    assert mistake.field == "url"
    assert mistake.mend


def test_an_installation_may_open_its_own_house_but_never_its_links() -> None:
    for url in ("http://10.0.0.1:8080/", "http://127.0.0.1:9999/", "http://tool.lan/", "https://[fd00::1]/"):
        assert url_mistakes(url, Outgoing(private=True)) == []
    for url in ("http://169.254.169.254/", "http://0.0.0.0/", "http://[fe80::1]/", "ftp://10.0.0.1/"):
        assert url_mistakes(url, Outgoing(private=True)) != []


def test_an_installation_may_open_other_ports() -> None:
    assert url_mistakes("https://tool.example:8443/", Outgoing(ports=(443, 8443))) == []
    [mistake] = url_mistakes("https://tool.example:22/", Outgoing(ports=(443, 8443)))
    assert (mistake.problem, mistake.mend) == ("port 22 is not called", "use 443 or 8443")


def test_a_delivery_is_tried_for_a_little_more_than_three_days() -> None:
    tries, at = 0, NOW
    moments = []
    while (again := next_try(tries := tries + 1, at)) is not None:
        moments.append(again - NOW)
        at = again
    assert tries == len(AGAIN_AFTER) + 1 == 11
    assert moments[0] == timedelta(seconds=5)
    assert GIVEN_UP_AFTER < moments[-1] < GIVEN_UP_AFTER + timedelta(hours=6)


def test_a_receiver_may_ask_for_more_time_and_never_for_less() -> None:
    assert next_try(1, NOW, 600) == NOW + timedelta(minutes=10)
    assert next_try(5, NOW, 1) == NOW + AGAIN_AFTER[4]
    assert next_try(1, NOW, 10**9) == NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("failing", "wait"),
    [
        (timedelta(seconds=59), None), (timedelta(minutes=1), timedelta(seconds=30)),
        (2 * HOUR, timedelta(minutes=12)), (48 * HOUR, HOUR),
    ],
)  # fmt: skip
def test_probes_are_rarer_the_longer_it_fails(failing: timedelta, wait: timedelta | None) -> None:
    assert next_probe(NOW - failing, NOW) == (NOW + wait if wait else None)


def test_types_that_nobody_tells_are_refused_by_name() -> None:
    assert type_mistakes(sorted(TYPES)) == []
    [mistake] = type_mistakes(["payment.recorded", "payment.lost", "*"])
    assert mistake.problem == "not a type: *, payment.lost"
