"""The catalogue of supplies and services, and the facts of the rule book maintenance/price."""

from dataclasses import dataclass

from domain.decision import Bilingual
from domain.maintenance.renewal import Level
from domain.money import Money

CATALOGUE = {
    "disj_10a": Bilingual("Disjoncteur 10 A courbe C", "10 A circuit breaker, curve C"),
    "disj_16a": Bilingual("Disjoncteur 16 A courbe C", "16 A circuit breaker, curve C"),
    "disj_20a": Bilingual("Disjoncteur 20 A courbe C", "20 A circuit breaker, curve C"),
    "disj_32a": Bilingual("Disjoncteur 32 A courbe C", "32 A circuit breaker, curve C"),
    "disj_tri_20a": Bilingual("Disjoncteur tétrapolaire 20 A", "20 A four-pole circuit breaker"),
    "diff_40a_ac": Bilingual(
        "Interrupteur différentiel 40 A 30 mA type AC", "40 A 30 mA residual current switch, type AC"
    ),
    "diff_40a_a": Bilingual(
        "Interrupteur différentiel 40 A 30 mA type A", "40 A 30 mA residual current switch, type A"
    ),
    "diff_63a_ac": Bilingual(
        "Interrupteur différentiel 63 A 30 mA type AC", "63 A 30 mA residual current switch, type AC"
    ),
    "diff_63a_a": Bilingual(
        "Interrupteur différentiel 63 A 30 mA type A", "63 A 30 mA residual current switch, type A"
    ),
    "parafoudre_mono": Bilingual("Parafoudre monophasé type 2", "Single-phase surge arrester, type 2"),
    "contacteur_20a": Bilingual("Contacteur jour et nuit 20 A", "20 A day and night contactor"),
    "telerupteur_16a": Bilingual("Télérupteur 16 A", "16 A latching relay"),
    "minuterie": Bilingual("Minuterie d’escalier", "Staircase timer"),
    "horloge": Bilingual("Horloge modulaire hebdomadaire", "Weekly modular time switch"),
    "coffret_1r": Bilingual("Coffret une rangée 13 modules", "One-row enclosure, 13 modules"),
    "coffret_2r": Bilingual("Coffret deux rangées 26 modules", "Two-row enclosure, 26 modules"),
    "peigne_13m": Bilingual("Peigne d’alimentation 13 modules", "Busbar comb, 13 modules"),
    "barrette_terre": Bilingual("Barrette de coupure de terre", "Earth disconnection link"),
    "piquet_terre": Bilingual("Piquet de terre 1,5 m", "1.5 m earth rod"),
    "prise_16a": Bilingual("Prise de courant 16 A", "16 A socket outlet"),
    "prise_20a": Bilingual("Prise de courant 20 A", "20 A socket outlet"),
    "prise_32a": Bilingual("Prise de courant 32 A", "32 A socket outlet"),
    "prise_etanche": Bilingual("Prise étanche IP55", "IP55 waterproof socket outlet"),
    "prise_rj45": Bilingual("Prise de communication RJ45", "RJ45 communication outlet"),
    "inter_va": Bilingual("Interrupteur va-et-vient", "Two-way switch"),
    "variateur": Bilingual("Variateur à diodes", "LED dimmer"),
    "detecteur": Bilingual("Détecteur de mouvement 360°", "360° motion detector"),
    "spot_led": Bilingual("Spot à diodes encastré 7 W", "7 W recessed LED spot"),
    "dalle_led": Bilingual("Dalle à diodes 600 × 600", "600 × 600 LED panel"),
    "projecteur_led": Bilingual("Projecteur extérieur 50 W", "50 W outdoor floodlight"),
    "baes_evac": Bilingual("Bloc d’évacuation BAES", "Exit sign emergency light"),
    "baes_amb": Bilingual("Bloc d’ambiance BAES", "Ambient emergency light"),
    "cable_3g15": Bilingual("Câble 3G1,5 mm², le mètre", "3G1.5 mm² cable, per metre"),
    "cable_3g25": Bilingual("Câble 3G2,5 mm², le mètre", "3G2.5 mm² cable, per metre"),
    "gaine_20": Bilingual("Gaine ICTA 20 mm, le mètre", "20 mm conduit, per metre"),
    "borne_ve": Bilingual("Borne de recharge 7,4 kW", "7.4 kW charging point"),
    "tableau_4m": Bilingual("Tableau 4 modules équipé, posé", "4-module panel, equipped and fitted"),
    "tableau_6m": Bilingual("Tableau 6 modules équipé, posé", "6-module panel, equipped and fitted"),
    "tableau_8m": Bilingual("Tableau 8 modules équipé, posé", "8-module panel, equipped and fitted"),
    "extension": Bilingual(
        "Extension d’un tableau, une rangée posée", "Extension of a panel, one row fitted"
    ),
    "mise_normes": Bilingual("Mise aux normes d’un tableau", "Bringing a panel up to standard"),
    "mise_terre": Bilingual("Mise à la terre d’un logement", "Earthing of a dwelling"),
    "rempl_app": Bilingual(
        "Remplacement d’une prise ou d’un interrupteur, pose", "Replacement of a socket or switch, labour"
    ),
    "rempl_disj": Bilingual(
        "Remplacement d’un disjoncteur, pose", "Replacement of a circuit breaker, labour"
    ),
    "circuit_prises": Bilingual("Création d’un circuit de prises", "New circuit of socket outlets"),
    "point_lumineux": Bilingual("Création d’un point lumineux", "New lighting point"),
    "diagnostic": Bilingual("Recherche de panne, première heure", "Fault finding, first hour"),
    "quart_heure": Bilingual("Main-d’œuvre, le quart d’heure", "Labour, per quarter of an hour"),
    "deplacement": Bilingual("Déplacement dans la zone desservie", "Travel within the zone served"),
    "conformite": Bilingual("Dossier d’attestation de conformité", "Certificate of conformity, paperwork"),
}
"""By reference. Prices are in the rule book: an administrator changes them without a release."""


@dataclass(frozen=True)
class PriceFacts:
    """``reference`` is one of CATALOGUE."""

    reference: str
    level: Level

    def as_facts(self) -> dict[str, object]:
        return {"reference": self.reference, "level": self.level.value}


def line_total(unit_price: Money, quantity: int) -> Money:
    return Money(unit_price.currency, unit_price.minor * quantity)
