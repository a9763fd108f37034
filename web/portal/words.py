"""What the pages of one's own say."""

from domain.decision import Bilingual

WORDS = {
    "private": Bilingual(
        "Cette page vous est personnelle : ne transmettez pas son adresse.",
        "This page is yours alone: do not pass its address on.",
    ),
    "other": Bilingual("English", "Français"),
    "unknown": Bilingual("Ce lien n’est pas valable", "This link is not valid"),
    "unknown_lead": Bilingual(
        "Ouvrez-le tel qu’il figure dans notre message, en entier, ou demandez-nous un nouveau lien.",
        "Open it exactly as it stands in our message, in full, or ask us for a new one.",
    ),
    "expired": Bilingual("Ce lien a expiré", "This link has expired"),
    "expired_lead": Bilingual("Demandez-nous un nouveau lien.", "Ask us for a new one."),
    "noted": Bilingual("Merci, c’est noté.", "Thank you, we have noted it."),
    "mend": Bilingual("Quelque chose est à corriger", "Something needs correcting"),
    "hello": Bilingual("Bonjour {name}", "Hello {name}"),
    "none": Bilingual("Aucun contrat à votre nom pour l’instant.", "No contract in your name yet."),
    "contract": Bilingual("Contrat {ref}", "Contract {ref}"),
    "bike": Bilingual("Moto {ref}", "Bike {ref}"),
    "due_now": Bilingual("À payer aujourd’hui", "To pay today"),
    "nothing_due": Bilingual("Vous êtes à jour.", "You are up to date."),
    "paid_off": Bilingual("Tout est payé. Merci !", "Everything is paid. Thank you!"),
    "ended": Bilingual("Ce contrat est résilié.", "This contract has ended."),
    "late": Bilingual("dont {amount} en retard", "of which {amount} overdue"),
    "next": Bilingual("Prochaine échéance : {amount}, le {on}.", "Next instalment: {amount}, on {on}."),
    "paid_so_far": Bilingual("Payé : {paid} sur {total}", "Paid: {paid} of {total}"),
    "promised": Bilingual(
        "Vous avez promis {amount} au plus tard le {on}.", "You promised {amount} by {on}."
    ),
    "promise": Bilingual("Dire quand je paierai", "Say when I will pay"),
    "promise_help": Bilingual(
        "Nous attendrons ce jour avant toute autre démarche. Au plus tard le {on}.",
        "We will wait for that day before doing anything else. By {on} at the latest.",
    ),
    "until": Bilingual("Je paierai le", "I will pay on"),
    "amount": Bilingual("La somme de", "The sum of"),
    "engage": Bilingual("Je m’engage", "I promise"),
    "payments": Bilingual("Mes paiements", "My payments"),
    "older": Bilingual("Les paiements plus anciens", "Older payments"),
    "payments_none": Bilingual("Aucun paiement reçu pour l’instant.", "No payment received yet."),
    "receipt": Bilingual("Reçu", "Receipt"),
    "receipt_of": Bilingual("Reçu du {on}, {amount} (PDF)", "Receipt of {on}, {amount} (PDF)"),
    "reversed": Bilingual("annulé", "taken back"),
    "coming": Bilingual("Mes prochaines échéances", "My next instalments"),
    "column_on": Bilingual("Date", "Date"),
    "column_amount": Bilingual("Montant", "Amount"),
    "column_by": Bilingual("Par", "By"),
    "mobile_money": Bilingual("mobile money", "mobile money"),
    "bank": Bilingual("banque", "bank"),
    "cash": Bilingual("espèces", "cash"),
    "my_class": Bilingual("Ma fiabilité : classe {band}", "My reliability: class {band}"),
    "wrong_amount": Bilingual("Ce montant n’est pas valable.", "This amount is not valid."),
    "wrong_until": Bilingual("Choisissez un jour possible.", "Choose a possible day."),
    "closed": Bilingual("Ce contrat n’attend plus de paiement.", "This contract expects no more payments."),
}
