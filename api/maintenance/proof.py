"""The proof that a customer was told of a renewal: as data, and as a document for a file."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.commands import Reading
from api.fields import Ref, Shown
from api.maintenance.renewal import Reads
from database.maintenance import proof, renewal
from domain.maintenance.proof import Proof

router = APIRouter(prefix="/v1/maintenance/contracts", tags=["Maintenance"])

Term = Annotated[
    str, Query(pattern=r"^(\d{8})?$", description="YYYYMMDD of its last day; empty: the present.")
]


class StepShown(Shown):
    state: str
    received_at: datetime
    event_id: str
    reason: str


class ProofShown(Shown):
    """``inform_from`` and ``inform_until`` bound the time in which the law asks for the notice."""

    contract: str
    term_ref: str
    address: str
    ends_on: date
    decide_by: date
    inform_from: date
    inform_until: date
    subject: str
    text: str
    digest: str = Field(description="SHA-256 of subject, line break and text.")
    message_id: str
    provider_id: str
    state: str
    written_at: datetime
    handed_over_at: datetime
    steps: list[StepShown]


@router.get("/{ref}/proof")
async def read_proof(ref: Ref, here: Reads, term: Term = "") -> ProofShown:
    """What was sent, where to, and what became of it."""
    return shown(await _proof(here, ref, term))


@router.get(
    "/{ref}/proof.pdf", response_class=Response, responses={200: {"content": {"application/pdf": {}}}}
)
async def print_proof(
    ref: Ref, here: Reads, term: Term = "", locale: Literal["fr", "en"] = "fr"
) -> Response:  # fmt: skip
    """The same on paper."""
    found = await _proof(here, ref, term)
    made = await here.parts.typesetter.render("maintenance/renewal/proof", found.as_data(), locale)
    name = f'attachment; filename="proof-{found.term_ref}.pdf"'
    return Response(made, media_type="application/pdf", headers={"Content-Disposition": name})


async def _proof(here: Reading, ref: str, term: str) -> Proof:
    contract = (await renewal.term_of(here.tx, here.tenant, ref)).contract
    term_ref = f"{contract.ref}.{term}" if term else contract.term_ref
    return await proof.proof_of(here.tx, here.tenant, term_ref)


def shown(found: Proof) -> ProofShown:
    kept = {name: value for name, value in vars(found).items() if name in ProofShown.model_fields}
    steps = [StepShown(**vars(step)) for step in found.steps]
    return ProofShown(**{**kept, "steps": steps}, digest=found.digest)
