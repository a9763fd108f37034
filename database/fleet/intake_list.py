"""The list of files that were taken in."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, func, select

from database.fleet.tables import import_job, intake
from database.shared.listing import Ask, Filter, Listing, Scope
from domain.decision import Bilingual
from domain.table import Column, Kind

KINDS: Mapping[str, Bilingual] = {
    "contracts": Bilingual("contrats", "contracts"), "payments": Bilingual("paiements", "payments"),
    "swaps": Bilingual("échanges", "swaps"),
}  # fmt: skip
STATES: Mapping[str, Bilingual] = {
    "waiting": Bilingual("va commencer", "about to begin"), "running": Bilingual("en cours", "under way"),
    "done": Bilingual("terminé", "done"), "failed": Bilingual("refusé", "refused"),
    "stopped": Bilingual("arrêté", "stopped"),
}  # fmt: skip
TONES = {"waiting": "near", "running": "near", "done": "good", "failed": "late", "stopped": "off"}
KIND, STATE = Bilingual("Contenu", "Content"), Bilingual("État", "State")


def _intakes(scope: Scope) -> Select[Any]:
    of, job = intake.c, import_job.c
    same = (job.tenant_id == of.tenant_id) & (job.kind == of.kind) & (job.sha256 == of.sha256)
    counts = (func.coalesce(job[name], 0).label(name) for name in ("created", "unchanged", "refused"))
    return (
        select(of.created_at, of.id, of.kind, of.name, of.state, *counts)
        .select_from(intake.outerjoin(import_job, same))
        .where(of.tenant_id == scope.tenant)
    )  # fmt: skip


INTAKES = Listing(
    "imports", Bilingual("Fichiers importés", "Imported files"),
    (
        Column("created_at", Bilingual("Donné", "Given"), Kind.INSTANT),
        Column("kind", KIND, words=KINDS), Column("name", Bilingual("Fichier", "File")),
        Column("state", STATE, words=STATES),
        Column("created", Bilingual("Entrés", "Entered"), Kind.INT),
        Column("unchanged", Bilingual("Déjà connus", "Known already"), Kind.INT),
        Column("refused", Bilingual("Mis de côté", "Kept aside"), Kind.INT),
    ),
    _intakes, "id", "-created_at", "imports:write",
    filters=(
        Filter("text", Bilingual("Fichier", "File"), Ask.TEXT, ("name",)),
        Filter("kind", KIND, Ask.IS, ("kind",), KINDS), Filter("state", STATE, Ask.IS, ("state",), STATES),
    ),
    sorts=("created_at",), links={"created_at": "/imports/{id}", "name": "/imports/{id}"},
    tones={"state": TONES}, wide=("unchanged",),
)  # fmt: skip
