"""What holds for signing in, whoever asks: guesses are slowed down, and never at the cost of the guessed.

Failures are counted in buckets. A stranger's guesses fill the bucket of the person as seen from their
network, then the one of the person as seen by all strangers. A browser in which they have signed in before
has a bucket of its own, so that nobody locks them out of it. Links by mail and passkeys are not counted here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from ipaddress import ip_address, ip_network

from domain.errors import Mistake


class Bucket(StrEnum):
    DEVICE = "device"
    """A person in a browser that they have used before."""

    PERSON_HERE = "person here"
    """A person, from one network."""

    NETWORK = "network"
    """Whoever is tried from one network."""

    PERSON_ANYWHERE = "person anywhere"
    """A person, from all browsers that they have not used before."""


class Challenge(StrEnum):
    """What an attempt answers to. Each is counted apart: who guesses passwords blocks nobody's codes."""

    PASSWORD = "password"
    CODE = "code"
    """The second step; a stranger gets there with a right first factor only."""

    PROOF = "proof"
    """Of somebody who is signed in already, in their own session."""

    LINK = "link"
    """Too long to be guessed: it is counted to be noticed, and slows nobody down."""


@dataclass(frozen=True)
class Limit:
    failures: int
    within: timedelta


LIMITS: Mapping[Bucket, Limit] = {
    Bucket.DEVICE: Limit(10, timedelta(minutes=15)),
    Bucket.PERSON_HERE: Limit(5, timedelta(minutes=15)),
    Bucket.NETWORK: Limit(100, timedelta(minutes=15)),
    Bucket.PERSON_ANYWHERE: Limit(50, timedelta(hours=1)),
}

OURS = ("echeance", "échéance")
"""Of ourselves: nobody's password may rest on them either."""

INITIAL = timedelta(days=7)
"""So long a password is good that an operator made and printed."""

SHORTEST, LONGEST = 12, 256
"""Characters of a password (NIST SP 800-63B-4: no composition rules, no changes for their own sake)."""


def buckets(challenge: Challenge, known_device: bool) -> tuple[Bucket, ...]:
    """Those in which an attempt counts."""
    if challenge is Challenge.LINK:
        return (Bucket.NETWORK,)
    if challenge is Challenge.PROOF or known_device:
        return (Bucket.DEVICE,)
    if challenge is Challenge.CODE:
        return (Bucket.PERSON_HERE, Bucket.PERSON_ANYWHERE)
    return (Bucket.PERSON_HERE, Bucket.NETWORK, Bucket.PERSON_ANYWHERE)


def network_of(ip: str) -> str:
    """What one attacker holds at once: an IPv4 address, or the /64 of an IPv6 one; else empty."""
    try:
        address = ip_address(ip)
    except ValueError:
        return ""
    mapped = getattr(address, "ipv4_mapped", None) or address
    return str(mapped) if mapped.version == 4 else str(ip_network((mapped, 64), strict=False))


def password_mistakes(
    password: str, common: bool, about: tuple[str, ...], stolen: bool = False
) -> list[Mistake]:
    """``common``: it stands in the lists of guessers. ``about``: names and addresses of the person and of
    where they work. ``stolen``: it is known from elsewhere."""
    if len(password) < SHORTEST:
        mend = f"use {SHORTEST} characters or more; some words in a row are fine"
        return [Mistake("password", "it is too short", mend)]
    if len(password) > LONGEST:
        return [Mistake("password", "it is too long", f"use {LONGEST} characters at most")]
    mend = "choose one that nobody would guess; some unusual words in a row are fine"
    if common or len(set(password)) < 4:
        return [Mistake("password", "it is among the first that are guessed", mend)]
    if stolen:
        return [Mistake("password", "it was found among stolen passwords", mend)]
    lower = password.casefold()
    parts = {part for one in (*about, *OURS) for part in re.findall(r"\w+", one.casefold().replace("_", " "))}
    rest = lower
    for part in sorted(parts, key=len, reverse=True):
        rest = rest.replace(part, "") if len(part) > 2 else rest
    if sum(letter.isalnum() for letter in rest) < SHORTEST // 2:
        return [Mistake("password", "it is little more than names that anybody knows of you", mend)]
    return []
