"""The process that renders the words of messages. `python -m adapters.rendering.words_server FOLDER`"""

import sys
from pathlib import Path
from typing import Any

from adapters.rendering.engine import Engine
from adapters.rendering.limits import confine
from adapters.rendering.server import serve
from domain.message import Channel

MEMORY = 256 * 2**20
SECONDS = 1.0
"""Of processor for one message; ours take a tenth of a millisecond."""


def main(folder: Path) -> None:
    engine = Engine(folder)

    def render(question: dict[str, Any]) -> list[str]:
        channel, locale = Channel(question["channel"]), question["locale"]
        made = engine.write(question["template"], channel, locale, question["data"])
        return [made.text, made.subject, made.html]

    confine(MEMORY)
    sys.set_int_max_str_digits(10_000)
    serve(render, SECONDS, sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
