"""The people of the demonstration: made up, under example.org, with numbers that nobody is known by."""

import unicodedata

from database.shared.contacts import Contact

CAMEROON, FRANCE = "+23767000", "+3360000"
"""How their mobile numbers begin; four digits follow."""

DRIVERS = (
    "Blaise Etoundi", "Carine Mbarga", "Serge Fotso", "Aïcha Oumarou", "Thierry Ngono", "Pauline Essomba",
    "Hervé Kamdem", "Rosine Abena", "Gaëtan Simo", "Idrissou Bello", "Estelle Ngo Bum", "Joël Tamo",
    "Clarisse Mengue", "Armand Djoumessi", "Yvette Owona", "Landry Epée", "Martine Feudjio", "Cyrille Eyenga",
    "Nadège Kengne", "Rodrigue Mballa", "Sandrine Ekotto", "Bertrand Tsafack", "Odile Manga", "Prosper Yonga",
)  # fmt: skip

CUSTOMERS = (
    "Agathe Perrillat", "Boulangerie du Thiou", "Camille Vuillermoz", "Cabinet dentaire des Marquisats",
    "Denis Favrat", "Copropriété Les Tilleuls", "Élodie Brachet", "Garage de la Mandallaz", "Hugo Dunand",
    "Hôtel de la Pointe", "Irène Collomb", "Librairie Sous les Arcades", "Jérôme Mugnier",
    "Gymnase de la Puya", "Lucienne Bouvier",
)  # fmt: skip

STUDENTS = (
    "Inès Charvet", "Maxence Roux", "Salomé Girod", "Yanis Belkacem", "Louise Mermet", "Théo Dalmasso",
    "Fatou Sarr", "Antoine Levet",
)  # fmt: skip

SCHOOL_TUTORS = ("Hélène Curtet", "Marc Bonnaz", "Sofia Teixeira")

COMPANY_TUTORS = ("Patrick Lansard", "Claire Vittoz", "Olivier Tissot", "Nathalie Guers")

BUYERS = ("Mathilde Arnoux", "Rémi Chastang", "Leïla Benamar")

TEAM_LEADS = ("Vincent Delorme", "Corinne Faure", "Samir Khelifi", "Juliette Pons")


def person(ref: str, full_name: str, mobiles: str, number: int, email: bool = True) -> Contact:
    """``number`` is unique among those whose mobile numbers begin alike."""
    return Contact(ref, full_name, address(full_name) if email else None, f"{mobiles}{number:04}", "fr")


def address(full_name: str) -> str:
    """``Aïcha Oumarou`` has aicha.oumarou@example.org."""
    plain = unicodedata.normalize("NFD", full_name.lower().replace("’", " "))
    words = "".join(sign for sign in plain if not unicodedata.combining(sign)).split()
    return f"{'.'.join(words)}@example.org"
