"""A certificate authority of the house: our own parts believe it about each other, and nobody else."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from domain.errors import DomainError

AUTHORITY_LASTS = timedelta(days=3650)
LASTS = timedelta(days=397)
RENEWED = timedelta(days=60)
"""So long before its end a certificate is made anew."""
EARLIER = timedelta(minutes=5)
"""Clocks of two machines differ."""
PEM = serialization.Encoding.PEM


class NoAuthority(DomainError):
    """The folder has the certificate of an authority and not its key, or something that is none."""

    slug = "no-authority"


@dataclass(frozen=True)
class Made:
    service: str
    ends_at: datetime
    anew: bool


@dataclass(frozen=True)
class Authority:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def certify(self, names: Sequence[str], now: datetime) -> tuple[bytes, bytes]:
        """Certificate and key, for a server and a client of these names; the first is its subject."""
        key = ec.generate_private_key(ec.SECP256R1())
        usages = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        built = (
            _begun(_named(names[0]), self.certificate.subject, key, now, LASTS)
            .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_others=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
            )
            .sign(self.key, hashes.SHA256())
        )
        return built.public_bytes(PEM), _plain(key)


def certify_all(
    folder: Path, services: Mapping[str, Sequence[str]], owners: Mapping[str, int], now: datetime, again: bool
) -> list[Made]:
    """``ca.pem``, and for each service a folder with ``certificate.pem`` and ``key.pem``.

    What is there and good for a while stays, unless ``again``. Raises NoAuthority, OSError.
    """
    authority = _authority(folder, now)
    return [_kept(folder, authority, *one, owners.get(one[0]), now, again) for one in services.items()]


def _kept(
    folder: Path, authority: Authority, service: str, names: Sequence[str], owner: int | None,
    now: datetime, again: bool,
) -> Made:  # fmt: skip
    place = folder / service
    ends_at = None if again else _end_of(place, authority, names)
    if ends_at and ends_at - now > RENEWED:
        return Made(service, ends_at, anew=False)
    certificate, key = authority.certify(names, now)
    place.mkdir(mode=0o755, exist_ok=True)
    _write(place / "key.pem", key, 0o600, owner)
    _write(place / "certificate.pem", certificate, 0o644, owner)
    return Made(service, now + LASTS, anew=True)


def _end_of(place: Path, authority: Authority, names: Sequence[str]) -> datetime | None:
    """Of a certificate that is there with its key, by this authority and for these names."""
    try:
        found = x509.load_pem_x509_certificate((place / "certificate.pem").read_bytes())
        key = serialization.load_pem_private_key((place / "key.pem").read_bytes(), None)
        said = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        found.verify_directly_issued_by(authority.certificate)
    except Exception:  # absent, spoilt, or of another authority, in whatever way it shows
        return None
    fits = key.public_key() == found.public_key() and set(said) == {_general(name) for name in names}
    return found.not_valid_after_utc if fits else None


def _authority(folder: Path, now: datetime) -> Authority:
    public, private = folder / "ca.pem", folder / "authority" / "key.pem"
    if not public.exists() and not private.exists():
        return _founded(public, private, now)
    try:
        key = serialization.load_pem_private_key(private.read_bytes(), None)
        certificate = x509.load_pem_x509_certificate(public.read_bytes())
    except (OSError, ValueError, TypeError) as error:
        raise NoAuthority(f"{folder}: ca.pem and authority/key.pem go together; {error}") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise NoAuthority(f"{folder}: authority/key.pem is not the key of ca.pem")
    return Authority(certificate, key)


def _founded(public: Path, private: Path, now: datetime) -> Authority:
    key, name = ec.generate_private_key(ec.SECP256R1()), _named("Echeance, inside")
    certificate = (
        _begun(name, name, key, now, AUTHORITY_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_others=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    private.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(private, _plain(key), 0o600, None)
    _write(public, certificate.public_bytes(PEM), 0o644, None)
    return Authority(certificate, key)


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, lasts: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLIER)
        .not_valid_after(now + lasts)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(signs_others: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_others, key_cert_sign=signs_others, crl_sign=signs_others,
        content_commitment=False, key_encipherment=False, data_encipherment=False, key_agreement=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _plain(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _write(path: Path, content: bytes, mode: int, owner: int | None) -> None:
    """Never readable by others, not for a moment; whole or as it was."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    if owner is not None:
        os.chown(fresh, owner, owner)
    fresh.chmod(mode)
    fresh.replace(path)
