"""Files of contracts, payments and swaps, given in a form: one form for each kind, with its columns."""

from collections.abc import Sequence

from starlette.datastructures import UploadFile

from api.commands import Command
from api.fleet import intake
from api.fleet.imports import Kind
from domain.decision import Bilingual
from domain.errors import BadInput, Mistake
from domain.fleet.columns import COLUMNS
from web.console.acts import Act, Field, Values

LARGEST = 20_000_000
"""Bytes of a file."""
NAMES: dict[Kind, tuple[Bilingual, Bilingual]] = {
    "contracts": (Bilingual("Importer des contrats", "Import contracts"),
                  Bilingual("Des contrats signés, chacun avec son conducteur.",
                            "Signed contracts, each with its driver.")),
    "payments": (Bilingual("Importer des paiements", "Import payments"),
                 Bilingual("De l’argent reçu pour des contrats.", "Money that came in for contracts.")),
    "swaps": (Bilingual("Importer des échanges", "Import swaps"),
              Bilingual("Des échanges de batteries.", "Battery swaps.")),
}  # fmt: skip
SAFE = Bilingual(
    "Une ligne fausse est mise de côté, pour être corrigée ; les autres entrent. "
    "Le même fichier deux fois ne change rien.",
    "A row that is wrong is kept aside, to be corrected; the others go in. "
    "The same file twice changes nothing.",
)


def _act(kind: Kind) -> Act:
    title, what = NAMES[kind]
    columns = COLUMNS[kind]
    needed, more = ", ".join(columns.needed), ", ".join(columns.more)

    async def take(command: Command, values: Values) -> str:
        """As `POST /v1/fleet/intakes` does, from a form."""
        file: UploadFile = values["file"]
        content = await file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise BadInput(Mistake("file", "the file is too large", "split it"))
        try:
            made = await intake.take(command, kind, _printable(file.filename or ""), content)
        except BadInput as wrong:
            raise BadInput(*_of_file(wrong.mistakes)) from None
        await command.told(intake.shown(made), 202)
        return f"/imports/{made.id}"

    hint = Bilingual(
        f"Colonnes : {needed}. S’il y en a : {more}.", f"Columns: {needed}. If there are any: {more}."
    )
    label, empty = Bilingual("Fichier (CSV ou XLSX)", "File (CSV or XLSX)"), f"/imports/{kind}/template"
    return Act(
        f"import-{kind}", title, Bilingual("Importer", "Import"),
        Bilingual("Le fichier est reçu.", "The file is here."), "imports:write",
        (Field("file", label, "file", hint=hint, sample=empty),),
        take, follows=Bilingual(f"{what.fr} {SAFE.fr}", f"{what.en} {SAFE.en}"),
    )  # fmt: skip


def _of_file(wrong: Sequence[Mistake]) -> list[Mistake]:
    """Columns that are missing are told beside the file, in one sentence."""
    columns: dict[tuple[str, str], list[str]] = {}
    for one in wrong:
        columns.setdefault((one.problem, one.mend), []).append(one.field)
    return [
        Mistake("file", problem if names == ["file"] else f"{problem}: {', '.join(names)}", mend)
        for (problem, mend), names in columns.items()
    ]


def _printable(name: str) -> str:
    return "".join(one for one in name if one.isprintable())


IMPORT_ACTS = tuple(_act(kind) for kind in NAMES)
