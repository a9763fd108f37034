"""docs/cryptography.md knows every file that uses cryptography, and names none that does not."""

import ast
import re

from tests.architecture.sources import LAYERS, ROOT, imports_of, sources, top_sources

TEXT = (ROOT / "docs" / "cryptography.md").read_text("utf-8")
INVENTORY = TEXT.partition("## Inventory")[2].partition("## Keys")[0]
LIBRARIES = {
    "argon2", "cryptography", "hmac", "itsdangerous", "jwt", "pyotp", "ssl", "webauthn",
}  # fmt: skip
OLD = {"md5", "sha1", "SHA1", "MD5"}
LAYERS_THAT_RUN = [layer for layer in LAYERS if layer != "bench"]


def using(library: set[str]) -> set[str]:
    every = (*sources(*LAYERS_THAT_RUN), *top_sources())
    return {source.path for source in every if any(one.parts[0] in library for one in imports_of(source))}


def test_every_use_stands_in_the_inventory_and_nothing_else() -> None:
    told = re.findall(r"`([a-z_/0-9]+\.py)`", INVENTORY)
    assert len(told) == len(set(told))
    assert using(LIBRARIES) <= set(told) <= using(LIBRARIES | {"hashlib"})


def test_old_hashes_guard_nothing() -> None:
    every = (*sources(*LAYERS_THAT_RUN), *top_sources())
    names = {
        (source.path, getattr(node, "attr", getattr(node, "id", "")))
        for source in every
        for node in ast.walk(source.tree)
        if isinstance(node, (ast.Attribute, ast.Name))
    }
    assert [path for path, name in names if name in OLD] == ["adapters/breached.py"]
    lookup = (ROOT / "adapters" / "breached.py").read_text("utf-8")
    assert "usedforsecurity=False" in lookup
