"""Addresses of the open internet, and all the others."""

import pytest

from domain.network import host_problem, is_internal, is_public


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "168.63.129.17", "2606:4700:4700::1111", "2a00:1450:4007::1"]
)
def test_the_open_internet(address: str) -> None:
    assert is_public(address)
    assert not is_internal(address)


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.9.8.7", "172.31.255.255", "192.168.0.1", "::1", "fd12::1"]
)
def test_the_house_is_not_the_internet(address: str) -> None:
    assert is_internal(address)
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["169.254.1.1", "fe80::1", "0.0.0.0", "::", "ff02::1", "172.32.0.1x", "", "::ffff:10.0.0.1"]
)
def test_what_is_neither(address: str) -> None:
    assert not is_internal(address)
    assert not is_public(address)


@pytest.mark.parametrize(
    "host", ["hooks.example", "hooks.example.", "a-b.c", "xn--bcher-kva.example", "::1", "1.2.3.4"]
)
def test_hosts(host: str) -> None:
    assert host_problem(host) == ""


@pytest.mark.parametrize(
    "host", ["", ".", "a..b", "-a.b", "a b", "0x7f.1", "12345", "1.2.3", "bücher.example", "a" * 64]
)
def test_no_hosts(host: str) -> None:
    assert host_problem(host) != ""
