"""The catalogue of supplies, and the facts of the rule book maintenance/price."""

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
    "disj_tri_32a": Bilingual("Disjoncteur tétrapolaire 32 A", "32 A four-pole circuit breaker"),
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
    "diff_40a_f": Bilingual(
        "Interrupteur différentiel 40 A 30 mA type F", "40 A 30 mA residual current switch, type F"
    ),
    "parafoudre_mono": Bilingual("Parafoudre monophasé type 2", "Single-phase surge arrester, type 2"),
    "parafoudre_tri": Bilingual("Parafoudre triphasé type 2", "Three-phase surge arrester, type 2"),
    "contacteur_20a": Bilingual("Contacteur jour et nuit 20 A", "20 A day and night contactor"),
    "contacteur_25a": Bilingual("Contacteur 25 A quatre pôles", "25 A four-pole contactor"),
    "telerupteur_16a": Bilingual("Télérupteur 16 A", "16 A latching relay"),
    "minuterie": Bilingual("Minuterie d’escalier", "Staircase timer"),
    "horloge": Bilingual("Horloge modulaire hebdomadaire", "Weekly modular time switch"),
    "delesteur": Bilingual("Délesteur trois voies", "Three-way load shedder"),
    "coffret_1r": Bilingual("Coffret une rangée 13 modules", "One-row enclosure, 13 modules"),
    "coffret_2r": Bilingual("Coffret deux rangées 26 modules", "Two-row enclosure, 26 modules"),
    "coffret_3r": Bilingual("Coffret trois rangées 39 modules", "Three-row enclosure, 39 modules"),
    "coffret_4r": Bilingual("Coffret quatre rangées 52 modules", "Four-row enclosure, 52 modules"),
    "peigne_13m": Bilingual("Peigne d’alimentation 13 modules", "Busbar comb, 13 modules"),
    "bornier_terre": Bilingual("Bornier de terre", "Earth terminal block"),
    "barrette_terre": Bilingual("Barrette de coupure de terre", "Earth disconnection link"),
    "piquet_terre": Bilingual("Piquet de terre 1,5 m", "1.5 m earth rod"),
    "prise_16a": Bilingual("Prise de courant 16 A", "16 A socket outlet"),
    "prise_20a": Bilingual("Prise de courant 20 A", "20 A socket outlet"),
    "prise_32a": Bilingual("Prise de courant 32 A", "32 A socket outlet"),
    "prise_etanche": Bilingual("Prise étanche IP55", "IP55 waterproof socket outlet"),
    "prise_rj45": Bilingual("Prise de communication RJ45", "RJ45 communication outlet"),
    "inter_va": Bilingual("Interrupteur va-et-vient", "Two-way switch"),
    "inter_double": Bilingual("Interrupteur double va-et-vient", "Double two-way switch"),
    "poussoir": Bilingual("Bouton-poussoir", "Push button"),
    "variateur": Bilingual("Variateur à diodes", "LED dimmer"),
    "detecteur": Bilingual("Détecteur de mouvement 360°", "360° motion detector"),
    "spot_led": Bilingual("Spot à diodes encastré 7 W", "7 W recessed LED spot"),
    "dalle_led": Bilingual("Dalle à diodes 600 × 600", "600 × 600 LED panel"),
    "reglette_led": Bilingual("Réglette étanche à diodes 1,5 m", "1.5 m waterproof LED batten"),
    "projecteur_led": Bilingual("Projecteur extérieur 50 W", "50 W outdoor floodlight"),
    "baes_evac": Bilingual("Bloc d’évacuation BAES", "Exit sign emergency light"),
    "baes_amb": Bilingual("Bloc d’ambiance BAEH", "Ambient emergency light"),
    "telecommande_baes": Bilingual("Télécommande de mise au repos", "Rest-mode remote control"),
    "cable_3g15": Bilingual("Câble 3G1,5 mm², le mètre", "3G1.5 mm² cable, per metre"),
    "cable_3g25": Bilingual("Câble 3G2,5 mm², le mètre", "3G2.5 mm² cable, per metre"),
    "cable_5g6": Bilingual("Câble 5G6 mm², le mètre", "5G6 mm² cable, per metre"),
    "gaine_20": Bilingual("Gaine ICTA 20 mm, le mètre", "20 mm conduit, per metre"),
    "borne_ve": Bilingual("Borne de recharge 7,4 kW", "7.4 kW charging point"),
    "collier_chauffe_eau": Bilingual("Groupe de sécurité de chauffe-eau", "Water heater safety group"),
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
