"""Faults that the twin plays on order, to show what the platform does when a provider fails."""

import random
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from domain.errors import BadInput, Mistake
from domain.message import Channel

KINDS = {
    "ok": "answers as usual",
    "429": "refuses for now, with Retry-After",
    "500": "fails before it accepts",
    "500-after-accept": "accepts, then answers 500",
    "cut-after-accept": "accepts, then drops the connection without an answer",
    "reset": "drops the connection before it accepts",
    "slow": "accepts, and answers late",
    "401": "refuses our account",
    "undelivered": "accepts; the message does not reach the person",
    "opted-out": "refuses: the person said STOP",
}


@dataclass(frozen=True)
class Fault:
    """``seconds`` is the Retry-After of a 429, or how late a slow answer is."""

    kind: str = "ok"
    seconds: float = 1.0


@dataclass
class Faults:
    """For one channel: the plan is played first, one entry a send; then the rates, from a seeded generator.

    ``look_ups`` is a plan of HTTP statuses for look-ups.
    """

    plan: deque[Fault] = field(default_factory=deque)
    rates: dict[str, float] = field(default_factory=dict)
    seconds: float = 1.0
    look_ups: deque[int] = field(default_factory=deque)
    chance: random.Random = field(default_factory=lambda: random.Random(1))

    def next(self) -> Fault:
        if self.plan:
            return self.plan.popleft()
        left = self.chance.random() if self.rates else 1.0
        for kind, rate in self.rates.items():
            left -= rate
            if left < 0:
                return Fault(kind, self.seconds)
        return Fault()

    def next_look_up(self) -> int:
        return self.look_ups.popleft() if self.look_ups else 200

    def shown(self) -> dict[str, Any]:
        return {
            "plan": [each.kind for each in self.plan],
            "rates": self.rates,
            "look_ups": list(self.look_ups),
        }


def read_faults(order: Any) -> tuple[Channel, Faults, list[str]]:
    """``{"channel", "plan", "rates", "seconds", "seed", "look_ups", "opted_out"}`` as parts in use.

    Raises BadInput naming every field that is wrong.
    """
    if not isinstance(order, dict):
        raise BadInput(Mistake("body", "is not an object", 'send {"channel": "sms", "plan": ["429"]}'))
    mistakes: list[Mistake] = []
    if order.get("channel") not in set(Channel):
        mistakes.append(Mistake("channel", "is missing or unknown", "use sms or email"))
    rates = order.get("rates") or {}
    for kind in {*rates, *map(_kind, order.get("plan") or [])} - set(KINDS):
        mistakes.append(Mistake("plan" if kind not in rates else "rates", f"{kind!r} is not known", _menu()))
    if sum(rates.values()) > 1:
        mistakes.append(Mistake("rates", "add up to more than 1", "keep their sum at 1 or less"))
    if mistakes:
        raise BadInput(*mistakes)
    seconds = float(order.get("seconds", 1.0))
    faults = Faults(
        plan=deque(_fault(each, seconds) for each in order.get("plan") or []),
        rates=rates,
        seconds=seconds,
        look_ups=deque(int(each) for each in order.get("look_ups") or []),
        chance=random.Random(order.get("seed", 1)),
    )
    return Channel(order["channel"]), faults, list(order.get("opted_out") or [])


def _kind(entry: Any) -> str:
    return str(entry.get("fault")) if isinstance(entry, dict) else str(entry)


def _fault(entry: Any, seconds: float) -> Fault:
    return Fault(_kind(entry), float(entry.get("seconds", seconds)) if isinstance(entry, dict) else seconds)


def _menu() -> str:
    return f"use one of {', '.join(KINDS)}"
