"""What does not fit the present state, or is not there, in French; with braces where a value stands."""

FRENCH_REFUSALS = {
    "no {} with the reference {}": "Introuvable : {} {}",
    "the contract {} exists already: its {}": "le contrat {} existe déjà, avec un autre : {}",
    "the contract {} is completed already": "le contrat {} est déjà soldé",
    "the contract {} is terminated already": "le contrat {} est déjà résilié",
    "the contract {} is no longer {}: look at it again": "le contrat {} n’est plus {} : regardez-le encore",
    "the contract {} is not signed yet": "le contrat {} n’est pas encore signé",
    "the contract {} is {}: it cannot be changed": "le contrat {} est {} : il ne change plus",
    "the contract {} is {}: nothing is to be promised": "le contrat {} est {} : rien n’est à promettre",
    "the contract {} is {}: nothing of it is to come": "le contrat {} est {} : rien n’en est à venir",
    "the payment {} exists already: its {}": "le paiement {} existe déjà, avec un autre : {}",
    "the payment {} was taken back already": "le paiement {} est déjà annulé",
    "the swap {} exists already: its {}": "l’échange {} existe déjà, avec un autre : {}",
    "the cost {} exists already: its {}": "le coût {} existe déjà, avec un autre : {}",
    "the deposit {} exists already: its {}": "le dépôt {} existe déjà, avec un autre : {}",
    "the agent {} exists already: its {}": "l’agent {} existe déjà, avec un autre : {}",
    "the payout {} exists already: its {}": "le versement {} existe déjà, avec un autre : {}",
    "the investor contract {} exists already: its {}": (
        "le contrat d’investisseur {} existe déjà, avec un autre : {}"
    ),
    "the {} {} exists already: its {}": "{} {} existe déjà, avec un autre : {}",
    "the refund {} exists already with another {}": "le remboursement {} existe déjà, avec un autre : {}",
    "the agent {} holds {} {}, not more": "l’agent {} a {} {} en main, pas plus",
    "the agent {} still holds {} {}": "l’agent {} a encore {} {} en main",
    "the agent {} was closed on {}": "l’agent {} est clos depuis le {}",
    "the bike {} belongs to the contract {}, which is active": "la moto {} est celle du contrat {}, en cours",
    "the bike {} has the plate {}": "la moto {} a la plaque {}",
    "the bike {} is {}: it cannot be handed out": "la moto {} est {} : elle ne peut pas être remise",
    "the bike {} swapped at this very moment already: {}": "la moto {} a déjà échangé à ce moment : {}",
    "the {} was bought on {} already; its purchase is posted": "{} : déjà acheté le {}, l’achat est inscrit",
    "the investor contract {} ends on {} already": "le contrat d’investisseur {} finit déjà le {}",
    "the investor contract {} is completed already": "le contrat d’investisseur {} est déjà fini",
    "the investor contract {} is not signed yet": "le contrat d’investisseur {} n’est pas encore signé",
    "the investor contract {} is terminated already": "le contrat d’investisseur {} est déjà résilié",
    "the investor contract {} is {}": "le contrat d’investisseur {} est {}",
    "more than 100 % of the bike {} would be financed on some days": (
        "plus de 100 % de la moto {} seraient financés certains jours"
    ),
    "this contract has {} % of {} in that time": "ce contrat a {} % de {} dans ce temps",
    "this share ended on {} already": "cette part a déjà pris fin le {}",
    "{} closed on {} already": "{} est déjà fermé depuis le {}",
    "{} {} are owed to {}, not more": "{} {} sont dus à {}, pas plus",
    "the person {} was erased; nothing new begins with them": (
        "la personne {} a été effacée : rien de neuf ne commence avec elle"
    ),
    "no review of the driver {} is open": "aucune question n’est ouverte sur le conducteur {}",
    "somebody else goes on with the scores of {}": "quelqu’un d’autre calcule déjà les notes du {}",
    "nothing is left to be settled early: every due has come or is paid": (
        "il ne reste rien à solder d’avance : tout est échu ou payé"
    ),
    "what is paid already is more than settling would cost: nothing is to be quoted": (
        "ce qui est payé dépasse déjà ce que coûterait le solde : il n’y a pas de devis à faire"
    ),
    "nothing suspects this line of telling of the same money twice": (
        "rien ne dit que cette ligne parle deux fois du même argent"
    ),
    "of this money only the payment {} counts: dismiss the line": (
        "de cet argent, seul le paiement {} compte : écartez la ligne"
    ),
    "cannot {} {}": "pas possible maintenant : {} {}",
    "type {} to confirm": "écrivez {} pour confirmer",
    "the line is {}": "la ligne est {}",
    "the line stands for the payment {} already": "la ligne est déjà celle du paiement {}",
    "the report {} has no file {}: it is {}": "le rapport {} n’a pas de fichier {} : il est {}",
    "the subscription {} has ended already": "l’abonnement {} a déjà pris fin",
    "the subscription {} is there already": "l’abonnement {} existe déjà",
    "{} is {} since {}": "{} est {} depuis {}",
    "the {} {} is {}": "{} {} : {}",
    "{} {}s are under way; wait for one of them, or stop one": (
        "{} sont déjà en cours ({}) : attendez la fin de l’un d’eux, ou arrêtez-en un"
    ),
}

FRENCH_NAMES = {
    "agency": "agence", "agent": "agent", "amendment": "avenant", "battery": "batterie", "bike": "moto",
    "change": "changement", "contact": "personne", "contract": "contrat", "cost": "coût",
    "deposit": "dépôt", "driver": "conducteur", "investor contract": "contrat d’investisseur",
    "line of a statement": "ligne de relevé", "payment": "paiement", "payout": "versement",
    "quote": "devis", "refund": "remboursement", "report": "rapport", "score": "note", "share": "part",
    "statement": "relevé", "station": "station", "subscription": "abonnement", "swap": "échange",
    "thing kept aside": "ligne mise de côté", "tenant": "espace", "import": "import", "export": "export",
    "fleet": "flotte", "investor": "investisseur",
    "draft": "brouillon", "active": "en cours", "completed": "soldé", "terminated": "résilié",
    "open": "à répondre", "replayed": "repris", "dismissed": "écarté", "waiting": "en attente",
    "running": "en cours", "done": "terminé", "failed": "échoué", "stopped": "arrêté",
    "matched": "rapprochée", "resolved": "réglée", "unmatched": "sans paiement", "stolen": "volée",
    "lost": "perdue", "sold": "vendue", "retired": "retirée", "cash": "espèces", "bank": "banque",
    "mobile_money": "mobile money", "pause": "suspendre", "resume": "reprendre", "stop": "arrêter",
    "ready": "prêt", "accepted": "accepté", "planned": "prévue", "begun": "commencée",
    "cancelled": "annulée", "visit": "visite", "technician": "technicien", "plan": "plan",
}  # fmt: skip
"""Things and states, where a sentence has them in its braces."""
