"""A book as an editor sees it: YAML 1.2, where `no` is a word, `45.00` a number and a day a word."""

import json
import re
from typing import Any

import yaml


class EditorLoader(yaml.SafeLoader):
    """The core schema of YAML 1.2, as the language server has it."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012


for tag, expression, first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", "-+0123456789."),
    ("null", r"~|null|Null|NULL|", "~nN"),
):
    found = re.compile(f"(?:{expression})$")
    EditorLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", found, [*first, *[""] * (tag == "null")])


def seen(text: str) -> Any:
    """JSON values, as the schema meets them."""
    return json.loads(json.dumps(yaml.load(text, Loader=EditorLoader)))
