"""The words of passkeys and of organisations' own sign-in, in French."""

FRENCH_DOORS = {
    "passkeys.heading": "Clés d’accès",
    "passkeys.about": (
        "Une clé d’accès ouvre votre compte d’un doigt, d’un regard ou du code de l’appareil. Personne "
        "ne peut la recopier depuis un faux site."
    ),
    "passkeys.title": "Ajouter une clé d’accès",
    "passkeys.lead": "Votre appareil vous demandera de confirmer que c’est bien vous.",
    "passkeys.name": "Nom de cette clé",
    "passkeys.name_hint": "Pour la reconnaître plus tard : « Téléphone de Paul ».",
    "passkeys.create": "Créer la clé",
    "passkeys.add": "Ajouter une clé d’accès",
    "passkeys.remove": "Retirer",
    "passkeys.since": "ajoutée {age}",
    "passkeys.unnamed": "Clé d’accès",
    "passkeys.suspect": "Bloquée : une copie a servi. Retirez-la.",
    "passkeys.codes_left": "Codes de secours restants : {n}.",
    "passkeys.no_name": "Les clés d’accès demandent que la plateforme ait un nom de domaine.",
    "passkeys.elsewhere": "Les clés d’accès s’ajoutent et s’emploient à l’adresse {place}.",
    "programs.heading": "Applications",
    "passkeys.back": "Revenir à mon compte",
    "passkeys.sign_in": "Entrer avec une clé d’accès",
    "passkeys.second": "Montrez votre clé d’accès.",
    "passkeys.show": "Montrer ma clé d’accès",
    "passkeys.instead": "Employer une clé d’accès",
    "passkeys.code_instead": "Employer un code de secours ou du téléphone",
    "passkeys.without": "Ce navigateur ne connaît pas les clés d’accès, ou ses scripts sont arrêtés.",
    "passkeys.failed": "L’appareil n’a pas donné de clé. Réessayez, ou entrez autrement.",
    "passkeys.not_made": "La clé n’a pas pu être ajoutée. Recommencez.",
    "passkeys.refused": (
        "Cette clé d’accès n’ouvre rien ici. Réessayez, ou entrez autrement et regardez vos clés "
        "dans votre compte."
    ),
    "organisation.enter": "Entrer par mon organisation",
    "organisation.none": (
        "Cet espace n’a pas de connexion par une organisation. Vérifiez-le, ou entrez autrement."
    ),
    "organisation.down": "L’organisation ne répond pas. Réessayez dans un instant, ou entrez autrement.",
    "organisation.refused": (
        "Votre organisation ne vous a pas fait entrer. Réessayez, ou demandez une invitation "
        "à un administrateur."
    ),
    "onward.title": "Un instant",
    "onward.lead": "Continuer",
    "confirm.passkey_hint": (
        "Pas de clé sous la main ? Déconnectez-vous et revenez avec un code de secours : il vaut preuve "
        "pendant cinq minutes."
    ),
}
