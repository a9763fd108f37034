"""The words of webhooks to external tools, in French."""

FRENCH_WEBHOOKS = {
    "nav.webhooks": "Webhooks",
    "webhooks.title": "Webhooks",
    "webhooks.lead": (
        "Vos outils apprennent ici ce qui arrive : des références, des états, jamais de données personnelles."
    ),
    "webhooks.none": "Aucun outil n’est encore relié.",
    "webhooks.tool": "Outil",
    "webhooks.how": "État",
    "webhooks.types": "Ce qu’il apprend",
    "webhooks.every": "tout",
    "webhooks.some": "types d’événements : {n}",
    "webhooks.since": "en échec depuis {age}",
    "webhooks.state.enabled": "actif",
    "webhooks.state.disabled": "désactivé",
    "webhooks.state.pending": "à envoyer",
    "webhooks.state.delivered": "reçu",
    "webhooks.state.failed": "abandonné",
    "webhooks.add": "Relier un outil",
    "webhooks.url": "Adresse",
    "webhooks.url.hint": "En https, sur internet. Un secret va dans le chemin, jamais devant un @.",
    "webhooks.description": "Nom",
    "webhooks.types.hint": "Sans choix, tout est dit, y compris ce qui s’ajoutera.",
    "webhooks.create": "Relier",
    "webhooks.back": "Tous les webhooks",
    "webhooks.secret": "Le secret de cet outil",
    "webhooks.secret.once": (
        "Copiez-le maintenant : il ne sera plus montré. Avec lui, votre outil vérifie chaque message."
    ),
    "webhooks.secret.both": "Jusqu’au {until}, l’ancien secret signe aussi.",
    "webhooks.secret.on": "Continuer",
    "webhooks.test": "Envoyer un essai",
    "webhooks.enable": "Réactiver",
    "webhooks.disable": "Désactiver",
    "webhooks.reason": "Motif",
    "webhooks.rotate": "Nouveau secret",
    "webhooks.rotate.hint": "Les deux secrets signent pendant 24 heures. Changez-le dans l’outil d’ici là.",
    "webhooks.replay": "Redire ce qui a manqué",
    "webhooks.replay.since": "Depuis le",
    "webhooks.replay.hint": "Ce qui a été abandonné, et ce qui est arrivé pendant sa désactivation.",
    "webhooks.replayed": "Événements remis en route : {n}.",
    "webhooks.remove": "Supprimer",
    "webhooks.remove.hint": "L’adresse et le secret sont oubliés. Cela ne se défait pas.",
    "webhooks.again": "Redire",
    "webhooks.log": "Ce qui lui a été dit",
    "webhooks.log.none": "Rien encore.",
    "webhooks.log.all": "Tout",
    "webhooks.log.older": "Plus ancien",
    "webhooks.log.tries": "essais : {n}",
    "webhooks.log.next": "prochain essai {at}",
    "webhooks.log.show": "Voir",
    "webhooks.reason.failing": "trois jours sans une réponse correcte",
    "webhooks.reason.gone": "l’outil a répondu 410 : plus jamais",
    "webhooks.problem.no answer in time": "pas de réponse à temps",
    "webhooks.problem.no connection in time": "pas de connexion à temps",
    "webhooks.problem.no connection: name, port or certificate": (
        "pas de connexion : nom, port ou certificat à vérifier"
    ),
    "webhooks.problem.the connection broke, or the answer was no HTTP": (
        "la connexion s’est rompue, ou la réponse n’est pas du HTTP"
    ),
    "webhooks.problem.the address may not be called, or its answer is too long or packed": (
        "adresse interdite, ou réponse trop longue ou compressée"
    ),
    "webhooks.problem.the address cannot be read": "l’adresse est illisible",
    "webhooks.problem.the endpoint was disabled": "l’outil a été désactivé",
    "webhooks.disabled_for": "Désactivé : {reason}",
    "refused.webhook": "Cet outil est désactivé : réactivez-le d’abord.",
    "refused.webhooks_full": "Il y a déjà vingt outils : supprimez-en un d’abord.",
}
