"""Clients of the training business."""

from dataclasses import dataclass

from domain.case import reference_mistakes
from domain.errors import BadInput, Mistake

WHOLE_BP = 100_00


@dataclass(frozen=True)
class Client:
    """``siren`` and ``iban`` are compact and were checked where they came in; ``iban`` may be empty.

    ``contact_ref`` is the billing contact, who also answers fund calls; ``commission_bp`` counts hundredths
    of a percent.
    """

    ref: str
    name: str
    siren: str
    iban: str
    address: str
    contact_ref: str
    commission_bp: int = 0

    def __post_init__(self) -> None:
        mistakes = reference_mistakes(ref=self.ref)
        if not self.name.strip():
            mistakes.append(Mistake("name", "it is empty", "give the client's name"))
        if len(self.siren) != 9 or not self.siren.isdecimal():
            mistakes.append(Mistake("siren", f"{self.siren!r} is not a SIREN", "give its nine digits"))
        if not 0 <= self.commission_bp <= WHOLE_BP:
            mistakes.append(
                Mistake("commission_bp", f"{self.commission_bp} is out of range", f"give 0 to {WHOLE_BP}")
            )
        if mistakes:
            raise BadInput(*mistakes)
