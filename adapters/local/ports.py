"""Free ports of this machine."""

import socket


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def choose_port(wanted: int, taken: frozenset[int] = frozenset()) -> tuple[int, str]:
    """The port, and a sentence when it is not the wanted one (else empty). ``0`` asks for any port."""
    if wanted == 0:
        return any_port(), ""
    if wanted not in taken and is_free(wanted):
        return wanted, ""
    for port in range(wanted + 1, min(wanted + 100, 65536)):
        if port not in taken and is_free(port):
            return port, f"port {wanted} is taken, {port} is used instead"
    port = any_port()
    return port, f"ports {wanted} to {wanted + 99} are taken, {port} is used instead"


def any_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
