"""Document templates of somebody who means harm: each ends, is named, and the next document is set."""

import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.typesetting import Typst
from domain.errors import BadInput

HARM = {
    "a loop without end": "#let i = 0\n#while true { i += 1 }",
    "a long range": "#for i in range(1000000000) { }",
    "loops in loops": "#for i in range(100000) { for j in range(100000) { } }",
    "a giant text": '#("a" * 1000000000)',
    "a function that calls itself": "#let f(x) = f(x + 1)\n#f(0)",
    "a million pages": "#for i in range(1000000) { pagebreak() }",
    "a file elsewhere": '#read("../../../../../../etc/passwd")',
    "a file by its full name": '#read("/etc/passwd")',
    "a package of the network": '#import "@preview/cetz:0.3.0"',
    "a plugin": '#plugin("x.wasm")',
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("pages")
    (made / "good.fr.typ").write_text("#json(bytes(sys.inputs.data)).name", "utf-8")
    return made


@pytest.fixture
def typst(folder: Path) -> Iterator[Typst]:
    made = Typst(folder)
    yield made
    made.close()


@pytest.mark.parametrize("harm", HARM.values(), ids=HARM)
async def test_harm_ends_and_the_next_document_is_set(folder: Path, typst: Typst, harm: str) -> None:
    (folder / "harm.fr.typ").write_text(harm, "utf-8")
    before = spent()
    with pytest.raises(BadInput) as told:
        await typst.render("harm", {}, "fr")
    assert told.value.mistakes[0].field == "harm.fr.typ"
    assert "root:" not in str(told.value)
    assert (await typst.render("good", {"name": "Anne"}, "fr")).startswith(b"%PDF")
    typst.close()
    assert spent() - before < 20  # seconds of processor


def spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def test_a_value_is_text_and_no_markup(typst: Typst) -> None:
    evil = '#read("/etc/passwd") $x^2$ */ ] #panic()'
    assert (await typst.render("good", {"name": evil}, "fr")).startswith(b"%PDF")


async def test_the_same_data_gives_the_same_bytes_from_another_process(folder: Path, typst: Typst) -> None:
    first = await typst.render("good", {"name": "Anne"}, "fr")
    other = Typst(folder)
    assert await other.render("good", {"name": "Anne"}, "fr") == first
    other.close()


async def test_it_has_no_network_where_the_kernel_gives_it_one_of_its_own(typst: Typst) -> None:
    await typst.render("good", {"name": "Anne"}, "fr")
    assert typst.pid
    assert interfaces(typst.pid) == {"lo"} or not may_unshare()


def interfaces(pid: int) -> set[str]:
    lines = Path(f"/proc/{pid}/net/dev").read_text().splitlines()[2:]
    return {line.split(":")[0].strip() for line in lines}


def may_unshare() -> bool:
    """Containers often refuse it, and users without rights."""
    tried = "import ctypes, sys; libc = ctypes.CDLL(None); sys.exit(libc.unshare(0x40000000) != 0)"
    return subprocess.run([sys.executable, "-c", tried], check=False).returncode == 0
