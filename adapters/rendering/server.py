"""What a process of templates does: JSON questions on standard input, answers on standard output.

    {"n": 1, "template": "…", …}
    {"n": 1, "made": …}   or   {"n": 1, "wrong": ["field", "problem", "mend"]}

It has no environment and no database. A template meets nothing but what came in as JSON.
"""

import json
from collections.abc import Callable
from typing import Any, BinaryIO

from adapters.rendering.confined import MEND
from adapters.rendering.limits import LARGEST_QUESTION, TooLong, limited
from domain.errors import BadInput, Mistake

Render = Callable[[dict[str, Any]], Any]


def serve(render: Render, seconds: float, questions: BinaryIO, answers: BinaryIO) -> None:
    """Until the input is closed, or memory ran out: then a new process is better than this one."""
    while line := questions.readline(LARGEST_QUESTION + 1):
        if len(line) > LARGEST_QUESTION:
            return
        said, sound = answer(render, seconds, json.loads(line))
        answers.write(json.dumps(said).encode() + b"\n")
        answers.flush()
        if not sound:
            return


def answer(render: Render, seconds: float, question: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """And whether this process can go on. ``seconds`` of processor are given to it."""
    sound, template = True, question["template"]
    try:
        with limited(seconds):
            return {"n": question["n"], "made": render(question)}, True
    except BadInput as wrong:
        mistake = wrong.mistakes[0]
    except TooLong:
        mistake = Mistake(template, f"it takes more than {seconds:g} s to render", MEND)
    except MemoryError:
        mistake, sound = Mistake(template, "it takes more memory than it may", MEND), False
    except Exception as wrong:  # whatever a template does wrong is the template's; values are not repeated
        mistake = Mistake(template, f"it breaks ({type(wrong).__name__})", MEND)
    return {"n": question["n"], "wrong": [mistake.field, mistake.problem, mistake.mend]}, sound
