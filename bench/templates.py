"""What the confined process costs: a batch of messages, rendered by it and in this process.

python -m bench.templates [messages]
"""

import asyncio
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from adapters.rendering.engine import Engine
from adapters.words import Words
from domain.message import Channel
from seeds.ground import ROOT

FOLDER = ROOT / "templates"
DATA = {
    "name": "Aïcha Ngo Bassa", "sender": "Motos Douala", "link": "https://motos-douala.example/a/x" * 3,
    "contract": "CT-2031-0412", "bike": "MOTO-0412", "days_late": 12, "oldest_due_on": "2032-02-29",
    "arrears": {"minor": 1_250_000, "currency": "XAF"}, "due": {"minor": 5_000, "currency": "XAF"},
}  # fmt: skip
CASES = (("an email", Channel.EMAIL), ("an SMS", Channel.SMS))
ROUNDS = 5


async def main(messages: int = 1000) -> list[Table]:
    return [await asyncio.to_thread(report, messages)]


def report(messages: int) -> Table:
    table = Table("message", "confined/s", "in process/s", "ratio", title=f"Templates: batches of {messages}")
    began = time.perf_counter()
    words = Words(FOLDER)
    written(words.write, Channel.SMS, 1)
    first = time.perf_counter() - began
    engine = Engine(FOLDER)
    try:
        for name, channel in CASES:
            both = [(rate(words.write, channel, messages), rate(engine.write, channel, messages))
                    for _ in range(ROUNDS)]  # fmt: skip
            confined, free = (median(column) for column in zip(*both, strict=True))
            table.add_row(name, f"{confined:.0f}", f"{free:.0f}", f"{confined / free:.2f}")
    finally:
        words.close()
    table.caption = f"the process answers {first * 1e3:.0f} ms after it is first asked"
    return table


def rate(write: Callable[..., Any], channel: Channel, messages: int) -> float:
    began = time.perf_counter()
    written(write, channel, messages)
    return messages / (time.perf_counter() - began)


def written(write: Callable[..., Any], channel: Channel, messages: int) -> None:
    for number in range(messages):
        made = write("fleet/dunning/reminder", channel, "fr", {**DATA, "contract": f"CT-{number}"})
        assert f"CT-{number}" in made.text


if __name__ == "__main__":
    Console().print(*asyncio.run(main(*map(int, sys.argv[1:]))))
