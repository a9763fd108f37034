"""Texts that mean something to somebody on the way, and where the API takes texts."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from html.parser import HTMLParser
from typing import Any

ELEMENT, HANDLER, HEADER, FORGED = "zzevil", "onzz", "x-zzevil", "ERROR zzforged"
"""What would be there if a text were obeyed as markup, as a header, as a line of a log."""
PRODUCT, LOOP = "62615533", "zqzqzqzq"
"""What a template would make of some of the texts."""

KINDS: Mapping[str, Sequence[str]] = {
    "markup": (
        "<zzevil>", '"><zzevil onzz=1>', "' onzz='1", "<script>zzevil()</script>", "</title><zzevil>",
        "<svg/onzz=zzevil()>", "--><zzevil>", "javascript:zzevil()", "&lt;zzevil&gt;", "<![CDATA[<zzevil>]]>",
        "</textarea></option><zzevil", '`"\' onzz=1 x=', "<zzevil" * 9,
    ),
    "templates": (
        "{{7919*7907}}", "{% for x in 'abcd' %}zq{% endfor %}", "${7919*7907}", "#{7919*7907}",
        "<%=7919*7907%>", "#(7919*7907)", '#read("/etc/passwd")', "{{''.__class__.__mro__}}", "{#", "{{",
        "{%", "}}{{7919*7907}}{{", "[[7919*7907]]",
    ),
    "sql": (
        "'; drop table contact; --", "' or '1'='1", "x' union select hash from person_password --", "\\'",
        "$$;select pg_sleep(9);$$", "%' escape '!", "_%", "1); commit; --", "null", ":tenant", "$1", "?",
    ),
    "formulas": (
        "=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\uff1d1+1", "=cmd|' /c zzevil'!A0", "x;=1+1",
        '=HYPERLINK("//e.example")', '","=1+1',
    ),
    "control": ("a\x00b", "\x00", "a\x1b[31mb", "a\x7f", "\x08" * 4, "\x85", "\u2028", "\x0b\x0c", "\r"),
    "direction": ("a\u202eb", "\u202d\u2066a\u2069", "\u200f\u200e", "مرحبا بالعالم", "שלום <zzevil>"),
    "halves": ("\ud800", "\udfff\ud800", "a\udc00b", "\ud83d"),
    "invisible": ("\u200b", "a\u200bb", "\u200d\u200c", "\ufeff", "\u00ad", "\u2060", "\u3164", "\U000e0041"),
    "strange": ("👩🏽‍🚒🏳️‍🌈", "𝕏", "ﷺ" * 60, "a" + "\u0301" * 150, "İıſK", "ß" * 90, "Ⅷ①²", "\uffff"),
    "long": ("x" * 100_000, "é" * 201, "<zzevil>" * 9_000, "9" * 5_000, "(" * 3_000, " " * 300 + "x"),
    "headers": (
        "x\r\nX-Zzevil: 1\r\n\r\n<zzevil>", "x\nSet-Cookie: zzevil=1", "x%0d%0aX-Zzevil:1", "x\rX-Zzevil: 1",
        "a@b.example\r\nBcc: zzevil@e.example", "x\u010d\u010aX-Zzevil: 1", "x; path=/; zzevil=1",
    ),
    "paths": (
        "../../../../etc/passwd", "..\\..\\win.ini", "/dev/zero", "file:///etc/passwd", "C:\\nul",
        "%2e%2e%2f", "....//", ".", "..", "-rf", "|id", "$(id)", "`id`", "a;id", "//e.example/", "aux",
        ".htaccess",
    ),
    "formats": (
        "%s%n%x%d", "{0.__class__.__init__.__globals__}", "{}{}{}", "%(password)s", "${jndi:ldap://e.example}",
        "%", "{", "%1$s", "{self}", "%99999999d",
    ),
    "addresses": (
        "'onzz=1'@e.example", '"<zzevil>"@e.example', "=1+1@e.example", "{{x}}%s@e.example", "+1@e.example",
        'https://e.example/"><zzevil>', "https://e.example/?q='onzz=1", "https://e.example\\@127.0.0.1/",
        "https://[::1]/", "https://e.example/{{7919*7907}}", "a@e.example,b@e.example", "a@xn--zz.example",
        "https://127.0.0.1:8080/?x=\r\nHost: e", "+237 679 28 42 12;ext=<zzevil>",
    ),
    "log lines": (
        f"ok\n2031-01-01 00:00:00 {FORGED}", f"ok\r{FORGED}", f"ok\u2028{FORGED}", f"ok\x85{FORGED}",
        f"ok\x1b[2K{FORGED}", f"%0a{FORGED}", f"ok\\n{FORGED}",
    ),
    "numbers": ("NaN", "-0", "1e999", "0x10", "١٢٣", "²", "Infinity", "1_000", "9" * 40, "1,5", "--1", "+-1"),
    "words": ("undefined", "__proto__", "constructor", "~", "*", "", " ", "true", "[]", "{}", '"', "'", "\\"),
}  # fmt: skip
EVERY = tuple(text for kind in KINDS.values() for text in kind)


def one_of_each(turn: int) -> list[str]:
    """Another one at every turn, so that a handful of turns says them all."""
    return [kind[turn % len(kind)] for kind in KINDS.values()]


class Obeyed(HTMLParser):
    """Finds what a browser would make of a page: ``found`` is what a text of ours brought about."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.fields: set[str] = set()
        self.choices: set[str] = set()
        self.links: set[str] = set()
        self.within = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.within = tag
        self.found += [f"<{tag}>"] if tag.startswith(ELEMENT) else []
        self.found += [f"{tag} {name}" for name in given if name.startswith(HANDLER)]
        for place in ("href", "src", "action", "formaction"):
            link = given.get(place) or ""
            self.found += [link] if link.strip().lower().startswith(("javascript:", "data:")) else []
        if tag in ("input", "select", "textarea", "button") and (name := given.get("name")):
            self.fields.add(name)
            self.choices |= {given.get("value") or ""} if name == "answer" else set()
        if tag == "a":
            self.links.add(given.get("href") or "")

    def handle_data(self, data: str) -> None:
        if self.within in ("script", "style") and ELEMENT in data:
            self.found.append(f"{self.within}: {data}")


Place = tuple[str | int, ...]


class Shapes:
    """What bodies look like, by the description of the API."""

    def __init__(self, described: Mapping[str, Any]) -> None:
        self.schemas = described["components"]["schemas"]

    def resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Without references, and without the choice of leaving it out."""
        while True:
            if "$ref" in schema:
                name = schema["$ref"].rpartition("/")[2]
                schema = self.schemas.get(name) or self.schemas["Amount"]
            elif choices := schema.get("anyOf"):
                schema = next(one for one in choices if one.get("type") != "null")
            else:
                return schema

    def texts(self, schema: Mapping[str, Any], place: Place = ()) -> Iterator[Place]:
        """Where a text may stand that is not one of a list."""
        schema = self.resolved(schema)
        if schema.get("type") == "string" and not {"enum", "const"} & schema.keys():
            yield place
        for name, part in schema.get("properties", {}).items():
            yield from self.texts(part, (*place, name))
        if "items" in schema:
            yield from self.texts(schema["items"], (*place, 0))
        if schema.get("type") == "object" and "properties" not in schema:
            yield (*place, "some")

    def is_free(self, schema: Mapping[str, Any], place: Place) -> bool:
        """A line or a paragraph: kept as it was written, but for spaces around it."""
        part = self.resolved(schema).get("properties", {}).get(place[0], {}) if len(place) == 1 else {}
        return self.resolved(part).get("maxLength") in (200, 2000) if part else False

    def sample(self, schema: Mapping[str, Any]) -> Any:
        told = [*schema.get("examples", []), *self.resolved(schema).get("examples", [])]
        schema = self.resolved(schema)
        if told:
            return deepcopy(told[0])
        if schema.get("type") == "object":
            needed = schema.get("required", [])
            return {name: self.sample(schema["properties"][name]) for name in needed}
        if schema.get("type") == "array":
            return [self.sample(schema["items"])]
        return schema.get("const", schema.get("enum", [schema.get("default", "x")])[0])

    def put(self, schema: Mapping[str, Any], body: Any, place: Place, text: str) -> Any:
        """The same body with this text at that place; what leads there is made if it is not there."""
        if not place:
            return text
        schema, first, rest = self.resolved(schema), place[0], place[1:]
        inner = schema["items"] if first == 0 else schema.get("properties", {}).get(first, {})
        if isinstance(first, int):
            body = list(body or ()) or [self.sample(inner)]
            return [self.put(inner, body[0], rest, text), *body[1:]]
        body = dict(body or {})
        there = body[first] if first in body else self.sample(inner) if rest else None
        return {**body, first: self.put(inner, there, rest, text)}
