"""Which addresses of the network may be called on behalf of somebody who gave us a name.

IANA's special-purpose registries, and what they leave out: addresses that hold others, and the ones under
which clouds tell a machine its secrets.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

NEVER = (
    IPv4Network("168.63.129.16/32"),  # Azure's own service for its machines: global by the registry
    IPv4Network("192.0.0.0/24"),  # protocol assignments, and Oracle's service for its machines
    IPv4Network("192.88.99.0/24"),  # relays of 6to4
    IPv6Network("2001::/23"),  # protocol assignments; Teredo, which carries an IPv4 address
    IPv6Network("2002::/16"),  # 6to4 carries an IPv4 address, too
    IPv6Network("3fff::/20"),  # documentation
)
"""What Python's table of the registries calls global, or does not know yet."""

GLOBAL_UNICAST = IPv6Network("2000::/3")

INTERNAL = (
    IPv4Network("127.0.0.0/8"), IPv4Network("10.0.0.0/8"), IPv4Network("172.16.0.0/12"),
    IPv4Network("192.168.0.0/16"), IPv6Network("::1/128"), IPv6Network("fc00::/7"),
)  # fmt: skip
"""What an installation may open for tools in its own house. Link-local addresses are never among them."""


@dataclass(frozen=True)
class Outgoing:
    """What the installation lets tenants have called: ``ports`` of the internet; with ``private`` the house's
    own networks as well, there on every port and without TLS.
    """

    private: bool = False
    ports: tuple[int, ...] = (443, 80)


def is_public(address: str) -> bool:
    """False for whatever is not one address of the open internet."""
    found = _parsed(address)
    if found is None or not found.is_global or found.is_multicast or found.is_reserved:
        return False
    if isinstance(found, IPv6Address) and found not in GLOBAL_UNICAST:
        return False
    return not any(found in network for network in NEVER)


def is_internal(address: str) -> bool:
    found = _parsed(address)
    return found is not None and any(found in network for network in INTERNAL)


def host_problem(host: str) -> str:
    """What is wrong with how a host is written: ``0177.0.0.1`` and ``2130706433`` are names to nobody."""
    if _parsed(host) is not None:
        return ""
    labels = host.rstrip(".").split(".")
    if labels[-1].isdecimal() or labels[-1].lower().startswith("0x"):
        return "looks like an address and is none in its usual form"
    if not all(_is_label(label) for label in labels) or len(host) > 253:
        return "is not a host name"
    return ""


def _is_label(label: str) -> bool:
    plain = label.replace("-", "").replace("_", "")
    return 0 < len(label) <= 63 and plain.isascii() and plain.isalnum() and label[0] != "-" != label[-1]


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    """A zone (``%eth0``) is a link's own, and no address that anybody may name."""
    try:
        return None if "%" in address else ip_address(address)
    except ValueError:
        return None
