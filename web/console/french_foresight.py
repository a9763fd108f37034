"""The console's words in French: foresight."""

FRENCH_FORESIGHT = {
    "nav.foresight": "Anticiper",
    "foresight.title": "Anticipations",
    "foresight.lead": "La vie d’un contrat à venir, jouée d’avance sur une copie : rien n’est envoyé.",
    "foresight.show": "Voir la vie à venir",
    "foresight.of": "La vie à venir du contrat {ref}",
    "foresight.of_portfolio": "Le portefeuille sous un brouillon de règles",
    "foresight.portfolio": "Essayer un brouillon sur le portefeuille",
    "foresight.portfolio.lead": (
        "Un échantillon de contrats revit une période passée, une fois sous les règles en vigueur et une "
        "fois sous le brouillon. Les paiements sont ceux qui ont été reçus."
    ),
    "foresight.none": "Aucune anticipation encore : le bouton est sur la page de chaque contrat.",
    "foresight.assumption": "Et si le conducteur…",
    "foresight.kind.as_so_far": "paie comme jusqu’ici (ses retards passés, tirés au sort)",
    "foresight.kind.perfect": "paie chaque échéance à temps",
    "foresight.kind.stops": "ne paie plus rien",
    "foresight.kind.given": "paie ce qui suit",
    "foresight.kind.as_it_was": "paie comme il l’a fait",
    "foresight.payments": "Paiements",
    "foresight.payments.hint": "Un par ligne, comme 2031-03-05 10000, pour « paie ce qui suit » seulement.",
    "foresight.seed": "Numéro du tirage",
    "foresight.seed.hint": "Le même numéro donne les mêmes paiements.",
    "foresight.until": "Jusqu’au",
    "foresight.until.hint": "Vide : quelques semaines après la dernière échéance.",
    "foresight.begins": "Du",
    "foresight.sample": "Contrats dans l’échantillon",
    "foresight.draft": "Brouillon à comparer",
    "foresight.draft.none": "Aucun",
    "foresight.begin": "Anticiper",
    "foresight.asked": "Demandé",
    "foresight.what": "Objet",
    "foresight.state": "État",
    "foresight.state.waiting": "va commencer",
    "foresight.state.running": "en cours",
    "foresight.state.done": "terminé",
    "foresight.state.failed": "échec",
    "foresight.state.stopped": "arrêté",
    "foresight.progress": "Avancement",
    "foresight.steps": "{done} étapes sur {total}. Cette page se recharge seule.",
    "foresight.soon": "Cela commence dans un instant. Cette page se recharge seule.",
    "foresight.stop": "Arrêter",
    "foresight.future.present": "Règles en vigueur",
    "foresight.future.draft": "Brouillon",
    "foresight.future.happened": "Ce qui s’est passé",
    "foresight.figure": "En tout",
    "foresight.figure.messages": "Messages",
    "foresight.figure.calls": "Appels à passer",
    "foresight.figure.suspensions": "Suspensions de véhicule",
    "foresight.figure.alerts": "Alertes",
    "foresight.figure.sms_parts": "Segments de SMS",
    "foresight.figure.payments": "Paiements",
    "foresight.figure.payment_minor": "Reçu",
    "foresight.figure.arrears": "Retard à la fin",
    "foresight.figure.remaining": "Reste à payer à la fin",
    "foresight.days": "Jour après jour",
    "foresight.same": "Les deux règles donnent ici la même chose.",
    "foresight.due": "Échéance",
    "foresight.payment": "Paiement supposé",
    "foresight.method": "Comment cela est calculé",
    "foresight.method.contract": (
        "Une copie du contrat, sans adresse de personne, vit sur le vrai moteur avec les vraies règles, et "
        "le temps passe en accéléré. Les paiements supposés tombent à 10 h. Le contrat lui-même n’est pas "
        "touché."
    ),
    "foresight.method.portfolio": (
        "Les contrats sont tirés au sort dans chaque classe de retard et comptés selon leur poids. Les dates "
        "sont déplacées de 364 jours, jours fériés compris. Les conducteurs ne réagissent pas au brouillon : "
        "ils paient comme ils ont payé. La première colonne dit ce qui s’est vraiment passé."
    ),
    "foresight.stratum": "Retard au début",
    "foresight.stratum.paid": "à jour",
    "foresight.stratum.behind": "en retard",
    "foresight.stratum.far_behind": "très en retard",
    "foresight.quiet": ("{n} jours du {first} au {last} : {due} à échéance, {paid} reçus, rien d’autre"),
    "foresight.drawn": "{drawn} tirés sur {of}",
    "refused.foresight": (
        "Cela ne peut pas être anticipé : le contrat n’est pas en cours, ou trop d’anticipations "
        "tournent déjà."
    ),
}
