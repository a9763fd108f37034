"""The rounds of an electrician in Annecy: technicians, and a week of visits at made-up addresses."""

from dataclasses import dataclass

MINUTE, HOUR = 60, 3600
Span = tuple[float, float]
MORNING: Span = (8, 12)
AFTERNOON: Span = (13.5, 17.5)
POSTCODES = {
    "Alby-sur-Chéran": "74540", "Annecy": "74000", "Annecy-le-Vieux": "74940", "Argonay": "74370",
    "Chavanod": "74650", "Cran-Gevrier": "74960", "Cruseilles": "74350", "Dingy-Saint-Clair": "74230",
    "Doussard": "74210", "Duingt": "74410", "Faverges": "74210", "Frangy": "74270", "Groisy": "74570",
    "Gruffy": "74540", "La Balme-de-Sillingy": "74330", "La Clusaz": "74220", "La Roche-sur-Foron": "74800",
    "Lovagny": "74330", "Menthon-Saint-Bernard": "74290", "Poisy": "74330", "Pringy": "74370",
    "Quintal": "74600", "Rumilly": "74150", "Saint-Jorioz": "74410", "Sevrier": "74320", "Seynod": "74600",
    "Sillingy": "74330", "Talloires": "74290", "Thorens-Glières": "74570", "Thônes": "74230",
    "Veyrier-du-Lac": "74290", "Villaz": "74370",
}  # fmt: skip


@dataclass(frozen=True)
class Hand:
    """``off`` are weekdays that are not worked, 0 is Monday."""

    ref: str
    name: str
    town: str
    latitude: float
    longitude: float
    skills: dict[str, int]
    begin: float = 8
    end: float = 18
    off: tuple[int, ...] = ()
    per_hour: int = 29_00


@dataclass(frozen=True)
class Wanted:
    """``on`` is the weekday that was promised, ``at`` the hour; ``span`` the customer's hours."""

    customer: str
    work: str
    minutes: int
    street: str
    town: str
    latitude: float
    longitude: float
    skill: str = "electricite"
    level: int = 1
    span: Span | None = None
    on: int | None = None
    at: float | None = None
    preferred: str | None = None
    urgency: int = 0

    @property
    def postcode(self) -> str:
        return POSTCODES[self.town]


DEPOT = (45.9142, 6.1018)
HANDS = (
    Hand("TEC-1", "Loïc Fillion", "Meythet", *DEPOT, {"electricite": 3, "irve": 2, "secours": 1}),
    Hand("TEC-2", "Nora Bessat", "Meythet", *DEPOT, {"electricite": 2, "pac": 2, "vmc": 1}),
    Hand("TEC-3", "Émile Dupraz", "Faverges", 45.7461, 6.2936, {"electricite": 2, "pac": 1, "vmc": 2}),
    Hand("TEC-4", "Jordan Métral", "Rumilly", 45.8663, 5.9447, {"electricite": 1, "vmc": 1, "secours": 2}),
    Hand("TEC-5", "Awa Lachenal", "La Roche-sur-Foron", 46.0668, 6.3118, {"electricite": 3, "irve": 1,
         "pac": 2}, off=(2,)),
    Hand("TEC-6", "Pascal Burnier", "Thônes", 45.8810, 6.3250, {"electricite": 2, "secours": 1, "irve": 1},
         begin=7.5, end=16.5, off=(4,)),
)  # fmt: skip

TABLEAU, PAC, BORNE = (
    "Contrôle du tableau électrique",
    "Entretien de la pompe à chaleur",
    "Contrôle de la borne",
)
VMC, SECOURS, PANNE = "Entretien de la VMC", "Éclairage de secours", "Dépannage"

VISITS = (
    Wanted("Agathe Perrillat", TABLEAU, 60, "14 rue des Marquisats", "Annecy", 45.8938, 6.1318, span=MORNING),
    Wanted("Boulangerie du Thiou", PANNE, 45, "3 quai de l’Évêché", "Annecy", 45.8986, 6.1279, urgency=40_00,
           on=0, at=14),
    Wanted("Camille Vuillermoz", PAC, 75, "27 avenue du Petit-Port", "Annecy", 45.9151, 6.1527, "pac"),
    Wanted("Cabinet dentaire des Marquisats", SECOURS, 50, "41 rue des Marquisats", "Annecy", 45.8902, 6.1352,
           "secours", span=(12, 14)),
    Wanted("Denis Favrat", VMC, 60, "8 route de Corbier", "Sillingy", 45.9466, 6.0376, "vmc"),
    Wanted("Copropriété Les Tilleuls", TABLEAU, 110, "5 rue des Tilleuls", "Seynod", 45.8845, 6.0921,
           level=2),
    Wanted("Élodie Brachet", PAC, 70, "62 chemin des Vergers", "Poisy", 45.9214, 6.0615, "pac",
           span=AFTERNOON),
    Wanted("Garage de la Mandallaz", BORNE, 90, "19 route de Choisy", "La Balme-de-Sillingy", 45.9668, 6.0431,
           "irve", on=1, at=9.5),
    Wanted("Hugo Dunand", TABLEAU, 55, "2 impasse du Lavoir", "Saint-Jorioz", 45.8317, 6.1617),
    Wanted("Hôtel de la Pointe", SECOURS, 120, "80 route du Port", "Duingt", 45.8266, 6.2010, "secours",
           span=(9, 11.5), on=3, at=9),
    Wanted("Irène Collomb", VMC, 45, "11 rue du Pré-Vert", "Rumilly", 45.8641, 5.9391, "vmc"),
    Wanted("Librairie Sous les Arcades", TABLEAU, 60, "6 rue Sainte-Claire", "Annecy", 45.8987, 6.1240,
           span=(8, 10)),
    Wanted("Jérôme Mugnier", PAC, 80, "33 route de la Tournette", "Thônes", 45.8786, 6.3292, "pac"),
    Wanted("Gymnase de la Puya", SECOURS, 100, "1 rue de la Puya", "Annecy", 45.8880, 6.1331, "secours",
           on=1, at=8.5),
    Wanted("Lucienne Bouvier", TABLEAU, 45, "9 place de l’Église", "Thorens-Glières", 45.9966, 6.2471,
           preferred="TEC-5"),
    Wanted("Camping des Fontaines", TABLEAU, 90, "190 route de Lathuile", "Doussard", 45.7812, 6.2188,
           level=2),
    Wanted("Simone Avrillon", PAC, 70, "24 rue de la Tour", "Faverges", 45.7482, 6.2909, "pac", span=MORNING),
    Wanted("Fruitière des Aravis", PANNE, 60, "7 route de Saint-Jean", "La Clusaz", 45.9047, 6.4238,
           urgency=60_00, on=0, at=10),
    Wanted("Cédric Naville", BORNE, 60, "15 chemin du Crêt", "Argonay", 45.9462, 6.1402, "irve"),
    Wanted("Solange Mermillod", TABLEAU, 50, "120 route des Aravis", "Dingy-Saint-Clair", 45.9067, 6.2225),
    Wanted("Résidence Le Parmelan", VMC, 130, "22 avenue de Brogny", "Annecy", 45.9068, 6.1262, "vmc",
           on=2, at=9),
    Wanted("Yannick Tissot", TABLEAU, 60, "4 rue du Stade", "Cruseilles", 46.0337, 6.1080),
    Wanted("École du Mont-Veyrier", SECOURS, 75, "30 rue de la Mairie", "Veyrier-du-Lac", 45.8829, 6.1785,
           "secours", span=(13.5, 17.5), on=2, at=13.5),
    Wanted("Brasserie du Semnoz", PANNE, 50, "88 avenue d’Aix-les-Bains", "Seynod", 45.8781, 6.0838,
           urgency=30_00),
    Wanted("Mireille Sonnerat", PAC, 65, "5 chemin de Ronde", "Talloires", 45.8408, 6.2150, "pac"),
    Wanted("Ambroise Vagnard", TABLEAU, 45, "17 route de Chavaroche", "Chavanod", 45.8901, 6.0395),
    Wanted("Pharmacie de la Filière", BORNE, 70, "2 place de la Mairie", "Groisy", 46.0095, 6.1716, "irve",
           on=3, at=14.5),
    Wanted("Odette Gaillard", VMC, 45, "46 rue de l’Annexion", "Rumilly", 45.8688, 5.9489, "vmc",
           span=MORNING),
    Wanted("Scierie Bochaton", TABLEAU, 120, "310 route de Vovray", "La Roche-sur-Foron", 46.0712, 6.3022,
           level=3),
    Wanted("Karim Haddad", PAC, 75, "9 rue des Écoles", "Pringy", 45.9497, 6.1271, "pac", span=AFTERNOON),
    Wanted("Denise Cottet", TABLEAU, 50, "71 route du Lac", "Sevrier", 45.8653, 6.1420),
    Wanted("Cave de Frangy", PANNE, 60, "12 rue du Grand-Pont", "Frangy", 46.0197, 5.9303, on=4, at=10),
    Wanted("Gîte du Roc de Chère", PAC, 90, "150 chemin du Roc", "Menthon-Saint-Bernard", 45.8611, 6.1989,
           "pac", on=3, at=13.5),
    Wanted("Rachel Amoudruz", TABLEAU, 55, "3 allée des Châtaigniers", "Annecy-le-Vieux", 45.9199, 6.1418,
           span=(16, 18)),
    Wanted("Menuiserie Bétemps", VMC, 80, "26 route de Bonneville", "Villaz", 45.9503, 6.1904, "vmc"),
    Wanted("Foyer Les Alpages", SECOURS, 90, "14 route du Col", "La Clusaz", 45.9022, 6.4281, "secours",
           on=2, at=9.5),
    Wanted("Thibault Rassat", BORNE, 60, "8 rue de l’Industrie", "Cran-Gevrier", 45.9031, 6.1043, "irve",
           span=MORNING),
    Wanted("Josette Déturche", TABLEAU, 45, "55 rue Centrale", "Alby-sur-Chéran", 45.8172, 6.0190),
    Wanted("Auberge du Chéran", PAC, 85, "1 route d’Allèves", "Gruffy", 45.7892, 6.0563, "pac"),
    Wanted("Mairie de Quintal", TABLEAU, 70, "1 place du Village", "Quintal", 45.8410, 6.0867, level=2,
           on=4, at=8.5),
    Wanted("Nathan Carrier", PANNE, 40, "18 avenue de Genève", "Annecy", 45.9116, 6.1194, urgency=50_00),
    Wanted("Ferme de Montagny", VMC, 60, "230 route de Montagny", "Chavanod", 45.8822, 6.0461, "vmc"),
    Wanted("Laiterie des Bornes", TABLEAU, 95, "40 route des Bornes", "Groisy", 46.0166, 6.1843, level=3),
    Wanted("Clémence Duparc", PAC, 70, "6 chemin des Prés", "Lovagny", 45.9031, 6.0340, "pac", span=MORNING),
)  # fmt: skip
