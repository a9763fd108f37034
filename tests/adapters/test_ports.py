"""A port that is taken is said, and another is chosen."""

import socket
from collections.abc import Iterator

import pytest

from adapters.local.ports import any_port, choose_port


@pytest.fixture
def occupied() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


def test_a_free_port_is_used_silently() -> None:
    wanted = any_port()
    assert choose_port(wanted) == (wanted, "")


def test_a_taken_port_is_said(occupied: int) -> None:
    port, said = choose_port(occupied)
    assert port != occupied
    assert said == f"port {occupied} is taken, {port} is used instead"


def test_a_port_promised_to_another_service_is_taken() -> None:
    wanted = any_port()
    port, _ = choose_port(wanted, taken=frozenset({wanted}))
    assert port != wanted
