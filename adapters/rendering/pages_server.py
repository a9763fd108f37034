"""The process that sets documents with Typst. `python -m adapters.rendering.pages_server FOLDER`

Typst reads no file outside its folder by itself; it would fetch packages, had the process a network.
"""

import json
import sys
from base64 import b64encode
from functools import cache
from pathlib import Path
from typing import Any

import typst

from adapters.rendering.limits import confine
from adapters.rendering.server import serve
from domain.errors import BadInput, Mistake

FIXED_TIMESTAMP = 946_684_800
"""2000-01-01 in the PDF's metadata: the day of issue is in the text, and bytes must not depend on a clock."""
MEMORY = 1536 * 2**20
SECONDS = 5.0
"""Of processor for one document; ours take thirty milliseconds."""
LARGEST = 20 * 2**20
LONGEST_PROBLEM = 2_000


class Pages:
    """Only the fonts inside the Typst wheel are used, so a document looks the same on every machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._fonts = typst.Fonts(include_system_fonts=False)
        self._compiler = cache(self._open)

    def render(self, question: dict[str, Any]) -> str:
        """Base64. Raises BadInput naming the template."""
        template, inputs = question["template"], {"data": json.dumps(question["data"], ensure_ascii=False)}
        try:
            made = self._compiler(template).compile(
                format="pdf", sys_inputs=inputs, timestamp=FIXED_TIMESTAMP
            )
        except RuntimeError as wrong:
            problem = str(wrong)[:LONGEST_PROBLEM]
            raise BadInput(Mistake(template, problem, "mend the document template or its data")) from None
        pdf = bytes(made) if isinstance(made, bytes) else b"".join(made or ())
        if len(pdf) > LARGEST:
            raise BadInput(Mistake(template, "it makes more than 20 MB", "make it shorter"))
        return b64encode(pdf).decode()

    def _open(self, template: str) -> typst.Compiler:
        path = self.folder / template
        if not path.exists():
            raise BadInput(Mistake(template, "no such document template", "add the file under templates/"))
        return typst.Compiler(input=str(path), root=str(self.folder), font_paths=self._fonts)


def main(folder: Path) -> None:
    pages = Pages(folder)
    confine(MEMORY)
    serve(pages.render, SECONDS, sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
