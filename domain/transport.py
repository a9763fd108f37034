"""Which of the lines that a platform is told to use would carry something in clear."""

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from domain.errors import Mistake

WHY = "what goes over it could be read and changed on the way"


def clear_lines(databases: Mapping[str, str], addresses: Mapping[str, str], scanner: str) -> list[Mistake]:
    """By the names under which they were told; empty ones are not used."""
    by_database = [
        Mistake(name, WHY, "end it with ?sslmode=verify-full&sslrootcert=/path/to/ca.pem")
        for name, url in databases.items() if url and not _is_verified(url)
    ]  # fmt: skip
    by_address = [
        Mistake(name, WHY, "give an address that begins with https://")
        for name, url in addresses.items() if url and not url.startswith("https://")
    ]  # fmt: skip
    by_scanner = [Mistake("scan_url", WHY, "clamd speaks no TLS: reach it by its socket, unix:///path")]
    return [*by_database, *by_address, *(by_scanner if scanner.startswith("tcp:") else ())]


def _is_verified(url: str) -> bool:
    """TLS to a server whose name and certificate are looked at, or a socket of this machine."""
    parts = urlsplit(url)
    asked = parse_qs(parts.query)
    told = [parts.hostname or "", *asked.get("hostaddr", []), *asked.get("host", [])]
    hosts = [host for one in told for host in one.split(",") if host]
    local = bool(hosts) and all(host.startswith("/") for host in hosts)
    return local or asked.get("sslmode") == ["verify-full"]


def temporal_mistakes(tls: bool, certificate: bool, key: bool, others: Mapping[str, bool]) -> list[Mistake]:
    """What was told of Temporal's TLS and does not go together; ``others`` say nothing without TLS."""
    found = []
    if certificate != key:
        absent = "temporal_tls_key" if certificate else "temporal_tls_certificate"
        found.append(Mistake(absent, "a certificate and its key go together", "set both or none"))
    told = {"temporal_tls_certificate": certificate, "temporal_tls_key": key, **others}
    if not tls:
        mend = "set ECHEANCE_TEMPORAL_TLS=true"
        found += [
            Mistake(name, "without TLS it would not be used", mend)
            for name, is_told in told.items()
            if is_told
        ]
    return found
