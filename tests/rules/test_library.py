"""Books in force: a broken edit never replaces a working book."""

import os
import threading
from pathlib import Path

import pytest

from domain.errors import NotFound
from rules.errors import BrokenBooks
from rules.library import Library
from rules.vocabulary import shipped_vocabulary
from tests.rules.books import SHIPPED, VOCABULARY

TEXT = (SHIPPED / "fleet" / "contract.yaml").read_text("utf-8")
CHANGED = TEXT.replace("Les paiements suivent", "Tous les paiements suivent")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    put(tmp_path, TEXT)
    return tmp_path


def put(folder: Path, text: str, name: str = "fleet/contract") -> None:
    """As editors save: a new file in the place of the old one."""
    path = folder / f"{name}.yaml"
    path.parent.mkdir(exist_ok=True)
    new = path.with_suffix(".new")
    new.write_text(text, "utf-8")
    os.replace(new, path)


def test_every_error_of_every_shipped_book_is_told_at_start(folder: Path) -> None:
    put(folder, TEXT.replace("act: open_dunning", "act: open_duning"))
    put(folder, "policy: ladder\n", "fleet/other")
    (folder / "fleet" / "latin.yaml").write_bytes("a: é".encode("latin-1"))
    with pytest.raises(BrokenBooks) as caught:
        Library(folder, VOCABULARY)
    assert {error.file for error in caught.value.errors} == {
        "fleet/contract.yaml",
        "fleet/other.yaml",
        "fleet/latin.yaml",
    }


def test_an_empty_folder_is_told_at_start(tmp_path: Path) -> None:
    with pytest.raises(BrokenBooks, match="aucun livre"):
        Library(tmp_path, VOCABULARY)


def test_new_content_is_in_force_after_a_refresh(folder: Path) -> None:
    library = Library(folder, VOCABULARY)
    before = library.book("fleet/contract")
    put(folder, CHANGED)
    assert library.refresh() == ("fleet/contract",)
    assert library.book("fleet/contract").revision != before.revision
    assert library.refresh() == ()


def test_a_broken_edit_leaves_the_last_valid_revision_and_is_reported_until_mended(folder: Path) -> None:
    library = Library(folder, VOCABULARY)
    before = library.book("fleet/contract")
    put(folder, TEXT.replace("mode: first", "mode: frist"))
    assert library.refresh() == ()
    assert library.refresh() == ()
    assert library.book("fleet/contract") is before
    [problem] = library.problems()
    assert str(problem).endswith("mode inconnu « frist », vouliez-vous dire « first » ?")
    put(folder, CHANGED)
    assert library.refresh() == ("fleet/contract",)
    assert library.problems() == ()


def test_a_deleted_file_leaves_its_book_in_force_and_is_reported(folder: Path) -> None:
    library = Library(folder, VOCABULARY)
    (folder / "fleet" / "contract.yaml").unlink()
    library.refresh()
    assert library.book("fleet/contract").policy == "thresholds"
    assert "supprimé" in str(library.problems()[0])
    put(folder, TEXT)
    library.refresh()
    assert library.problems() == ()


def test_a_book_is_named_after_its_file(folder: Path) -> None:
    library = Library(folder, VOCABULARY)
    put(folder, TEXT, "fleet/copy")
    library.refresh()
    assert [problem.suggestion for problem in library.problems()] == ["fleet/copy"]
    with pytest.raises(NotFound):
        library.book("fleet/copy")


def test_readers_always_see_a_valid_book_while_it_is_edited(folder: Path) -> None:
    library = Library(folder, VOCABULARY)
    valid = {library.book("fleet/contract").revision}
    seen: set[str] = set()
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            seen.add(library.book("fleet/contract").revision)
            library.refresh()

    readers = [threading.Thread(target=look) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number in range(30):
        put(folder, CHANGED.replace("Tous", f"Tous les {number}") if number % 2 else TEXT + "[")
        library.refresh()
        valid.add(library.book("fleet/contract").revision)
    stop.set()
    for reader in readers:
        reader.join()
    library.refresh()
    assert seen <= valid | {library.book("fleet/contract").revision}


def test_templates_beside_the_books_are_the_known_ones(tmp_path: Path) -> None:
    (tmp_path / "fleet" / "dunning").mkdir(parents=True)
    for name in ("firm.sms.fr.j2", "firm.email.en.j2", "notice.sms.fr.j2"):
        (tmp_path / "fleet" / "dunning" / name).write_text("x")
    assert shipped_vocabulary(tmp_path).templates == {"fleet/dunning/firm", "fleet/dunning/notice"}


def test_what_cannot_be_read_for_the_moment_stops_nothing(folder: Path) -> None:
    """A link to itself and a pipe: neither ends the looking, neither holds it up, both are named."""
    library = Library(folder, shipped_vocabulary(SHIPPED.parent / "templates"))
    path = next(folder.rglob("*.yaml"))
    text, name = path.read_text("utf-8"), path.relative_to(folder).as_posix()
    for kind in ("link", "pipe"):
        path.unlink()
        if kind == "link":
            path.symlink_to(path.name)
        else:
            os.mkfifo(path)
        library.refresh()
        assert [problem.file for problem in library.problems()] == [name]
        path.unlink()
        path.write_text(text, "utf-8")
        library.refresh()
        assert library.problems() == ()
