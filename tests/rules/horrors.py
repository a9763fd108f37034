"""Files that nobody should write, each with what is said of it in English, or nothing if it is a book."""

import json

HEAD = 'policy: thresholds\nname: b\ntitle: {fr: Livre, en: Book}\nversion: "1"\n'
TAIL = """\
otherwise: {outcome: other, why: {fr: Non., en: No.}}
examples:
  - {given: {}, expect: {outcome: other}, why: Rien.}
"""
FACT = "  a: {type: int, label: {fr: a, en: a}, missing: 0}"
ROW = "  - {id: r0, when: {a: 5}, outcome: out, why: {fr: Oui., en: Yes.}}"
LONG = 100_000


def book(facts: str = FACT, rows: str = ROW, head: str = "") -> str:
    return f"{HEAD}{head}facts:\n{facts}\nrules:\n{rows}\n{TAIL}"


def cell(text: str, kind: str = "int", head: str = "") -> str:
    fact = f"  a: {{type: {kind}, label: {{fr: a, en: a}}, missing: none}}"
    return book(fact, ROW.replace("a: 5", f"a: {text}"), head)


def said(text: str) -> str:
    return book().replace("Oui.", text)


BOOK = book()
EUR = "currency: EUR\n"

YAML: dict[str, tuple[str, str]] = {
    "empty": ("", "empty"),
    "blanks": (" " * 999_999, "empty"),
    "line ends": ("\n" * 999_999, "empty"),
    "a comment": ("# rien", "empty"),
    "a word": ("rien", "must be a table"),
    "nothing": ("~", "must be a table"),
    "a list": ("- " * 5, "must be a table"),
    "an empty document": ("---\n", "must be a table"),
    "two documents": (f"{BOOK}---\na: 1\n", "one document"),
    "a closed document": (f"{BOOK}...\n", ""),
    "a version": (f"%YAML 1.1\n---\n{BOOK}", ""),
    "a version to come": (f"%YAML 3.0\n---\n{BOOK}", "incompatible"),
    "a directive": (f"%TAG ! tag:example,2000:\n---\n{BOOK}", ""),
    "per cent": ("%" * 999_000, "directive"),
    "an anchor": ("a: &a [x]\nb: *a\n", "anchors"),
    "an anchor bomb": ("a: &a [x, x]\n" + "".join(f"{c}: &{c} [*a, *a]\n" for c in "bcdefgh"), "anchors"),
    "itself": ("&a [*a]", "anchors"),
    "an alias": ("*a", "anchors"),
    "python": ('!!python/object/apply:os.system ["true"]', "tags"),
    "binary": ("a: !!binary eA==", "tags"),
    "any tag": ("a: !<tag:example> 1", "tags"),
    "no tag": ("a: ! 1", "tags"),
    "a merge": (BOOK.replace("outcome: out", "<<: {outcome: out}"), "'outcome' is missing"),
    "brackets": ("a: " + "[" * LONG, "too deeply"),
    "closed brackets": ("a: " + "[" * 400_000 + "]" * 400_000, "too deeply"),
    "braces": ("{a: " * LONG, "too deeply"),
    "dashes": ("- " * LONG, "too deeply"),
    "questions": ("? " * LONG, "too deeply"),
    "stairs": ("\n".join(" " * n + "a:" for n in range(1_000)), "too deeply"),
    "a key twice": (BOOK.replace("version:", "name: b\nversion:"), "written twice"),
    "a list as key": ("? [a]\n: 1\n", "a key must be a word"),
    "a table as key": ("? {a: b}\n: 1\n", "a key must be a word"),
    "no key": (f"{BOOK}: 1\n", "unreadable"),
    "an empty key": (f'{BOOK}"": 1\n', "unknown word ''"),
    "a nothing as key": (f"{BOOK}~: 1\n", "unknown word '~'"),
    "a long key": ("? " + "x" * 500_000 + "\n: 1", "at most 4000"),
    "many keys": ("{" + ",".join(f"k{n}: 1" for n in range(70_000)) + "}", "'policy' is missing"),
    "many items": ("[" + "a," * 400_000 + "]", "must be a table"),
    "an open quote": ('"' + "\\" * 999_000, "unexpected end"),
    "quotes": ('"' * 999_000, "unreadable"),
    "colons": (":" * 999_000, "at most 4000"),
    "commas": ("[" + "," * 999_000, "unreadable"),
    "a block": ("a: |\n" + " x\n" * 300_000, "at most 4000"),
    "an indent": ("a: |99999999999\n x", "unreadable"),
    "a tab": (BOOK.replace("  - ", "\t- "), "unreadable"),
    "a tab before a value": (BOOK.replace("outcome: out", "outcome:\tout"), ""),
    "a comparison without quotes": (BOOK.replace("a: 5", "a: >= 5"), "unreadable"),
    "ten megabytes": ("a: " + "x" * 10_000_000, "larger than 1 MB"),
    "ten megabytes of lines": ("#\n" * 5_000_000, "larger than 1 MB"),
}

LETTERS: dict[str, tuple[str, str]] = {
    "windows": (BOOK.replace("\n", "\r\n"), ""),
    "old mac": (BOOK.replace("\n", "\r"), ""),
    "a mark": ("\ufeff" + BOOK, ""),
    "two marks": ("\ufeff\ufeff" + BOOK, "U+FEFF"),
    "a mark in a text": (said("O\ufeffui"), "U+FEFF"),
    "nul": (BOOK + "\0", "U+0000"),
    "nul in a text": (said("O\0ui"), "U+0000"),
    "nul in disguise": (said('"O\\0ui"'), "U+0000"),
    "a bell": (said("O\aui"), "U+0007"),
    "delete": (said("O\x7fui"), "U+007F"),
    "half a character": (said("O\ud800ui"), "U+D800"),
    "half a character in a key": (BOOK.replace("outcome", "out\udc00come"), "U+DC00"),
    "half a character in disguise": (said('"\\ud800"'), "unreadable"),
    "beyond characters": (said('"\\UFFFFFFFF"'), "unreadable"),
    "no character": (said("O\uffffui"), "U+FFFF"),
    "next line": (BOOK.replace("\n", "\x85"), "U+0085"),
    "line separator": (said("O\u2028ui"), "U+2028"),
    "right to left": (said("\u202eiuO"), "U+202E"),
    "isolated": (said("\u2066Oui"), "U+2066"),
    "a smile": (said("Oui 😀"), ""),
    "thin spaces": (said("« Oui\u202f»\u00a0!"), ""),
    "a space that is none": (BOOK.replace("given: {}", "given: {\u00a0a: 0}"), ""),
    "the same key after it": (BOOK.replace("given: {}", "given: {a: 1, \u00a0a: 0}"), "written twice"),
    "cyrillic": (BOOK.replace("id: r0", "id: rа"), "is not a name"),
    "wide": (BOOK.replace("id: r0", "id: ｒ"), "is not a name"),
    "an invisible space": (BOOK.replace("outcome: out", "out\u200bcome: out"), "'outcome' is missing"),
    "a colon in an id": (BOOK.replace("id: r0", 'id: "a:b"'), "is not a name"),
    "a dot in an id": (BOOK.replace("id: r0", "id: a.b"), "is not a name"),
    "a long id": (BOOK.replace("id: r0", f"id: {'a' * 41}"), "is not a name"),
    "an accent in an id": (BOOK.replace("id: r0", "id: échéance"), "is not a name"),
}

CELLS: dict[str, tuple[str, str]] = {
    "five": (cell("5"), ""),
    "an exponent": (cell("1e999", "decimal"), "is not a cell"),
    "an exponent of money": (cell("1e999999999", "money", EUR), "is not a cell"),
    "a tiny amount": (cell("1e-999999999", "money", EUR), "is not a cell"),
    "infinity": (cell("inf", "money", EUR), "is not a cell"),
    "not a number": (cell("nan", "decimal"), "is not a cell"),
    "too many digits": (cell("9" * 16), "is not a cell"),
    "far too many digits": (cell("9" * LONG), "at most 4000"),
    "thirds of a cent": (cell("12.505", "money", EUR), "is not a cell"),
    "reversed": (cell("9..5"), "is not a cell"),
    "reversed days": (cell("today+3d..today", "date"), "is not a cell"),
    "an empty range": (cell("5..<5"), "is not a cell"),
    "only dots": (cell(".."), "is not a cell"),
    "three ends": (cell("1..2..3"), "is not a cell"),
    "30 February": (cell("2026-02-30", "date"), "is not a cell"),
    "the year 9999": (cell("9999-12-31", "date"), "is not a cell"),
    "far from today": (cell('">= today+99999d"', "date"), "is not a cell"),
    "twice not": (cell("not not 5"), "is not a cell"),
    "not in a list": (cell("[not 5]"), "not allowed in a list"),
    "a table": (cell("{x: 1}"), "a text is expected"),
    "empty": (cell(""), "a text is expected"),
    "an order of words": (cell('"> true"', "bool"), "is not a cell"),
    "dots and a line": (cell(json.dumps("." * LONG + "\nx")), "at most 4000"),
    "fewer dots and a line": (cell(json.dumps("." * 3_900 + "\nx")), "is not a cell"),
    "blanks and a line": (cell(json.dumps(">" + " " * 3_900 + "x\ny")), "is not a cell"),
    "greater and greater": (cell(json.dumps(">" * 3_900)), "is not a cell"),
}

BYTES: dict[str, tuple[bytes, str]] = {
    "latin": (said("Où").encode("latin-1"), "not UTF-8"),
    "utf-16": (BOOK.encode("utf-16"), "not UTF-8"),
    "utf-16 without a mark": (BOOK.encode("utf-16-le"), "U+0000"),
    "utf-32": (BOOK.encode("utf-32"), "not UTF-8"),
    "a mark": (BOOK.encode("utf-8-sig"), ""),
    "cut in a character": (said("Oé").encode() + b"\xc3", "not UTF-8"),
    "too long a nul": (b"a: \xc0\x80", "not UTF-8"),
    "half a character": (b"a: \xed\xa0\x80", "not UTF-8"),
    "compressed": (b"\x1f\x8b\x08\x00" * 100, "not UTF-8"),
    "ten megabytes": (b"a: " + b"x" * 10_000_000, "larger than 1 MB"),
    "ten megabytes of accents": ((BOOK + "# é" * 4_000_000).encode(), "larger than 1 MB"),
    "ten megabytes of anything": (b"\xff" * 10_000_000, "larger than 1 MB"),
}
