"""Load from a process of its own: a plan in JSON on standard input, what was seen in JSON on standard output.

A plan names ``url``, ``method``, ``path``, ``headers``, ``body``, ``seconds``, ``connections`` and the status
``expected``. ``{n}`` stands for a text that no other request has, ``{m}`` for a number below ``things``.
"""

import asyncio
import json
import sys
import time
from itertools import count
from typing import Any

import httpx


async def main(plan: dict[str, Any]) -> dict[str, Any]:
    numbers, took, wrong = count(), list[float](), list[str]()
    limits = httpx.Limits(max_connections=plan["connections"])
    client = httpx.AsyncClient(base_url=plan["url"], limits=limits, timeout=30, trust_env=False)

    async def once() -> float:
        request = prepared(client, plan, next(numbers))
        began = time.perf_counter()
        answer = await client.send(request)
        if answer.status_code != plan["expected"]:
            wrong.append(f"{answer.status_code} {answer.text[:300]}")
        return time.perf_counter() - began

    async def connection(until: float) -> None:
        while time.perf_counter() < until and not wrong:
            took.append(await once())

    async with client:
        await asyncio.gather(*(once() for _ in range(plan["connections"])))
        began = time.perf_counter()
        await asyncio.gather(*(connection(began + plan["seconds"]) for _ in range(plan["connections"])))
        return {"took": took, "elapsed": time.perf_counter() - began, "wrong": wrong[:1]}


def prepared(client: httpx.AsyncClient, plan: dict[str, Any], number: int) -> httpx.Request:
    mark = f"{plan['mark']}-{number}"
    headers = {name: value.replace("{n}", mark) for name, value in plan["headers"].items()}
    path = plan["path"].replace("{m}", str(number % plan["things"]))
    body = plan.get("body", "").replace("{n}", mark).replace("{m}", str(number % plan["things"]))
    return client.build_request(plan["method"], path, headers=headers, content=body or None)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(json.load(sys.stdin)))))
