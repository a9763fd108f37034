"""The words of signing in and of one's account, in French."""

FRENCH_ACCOUNT = {
    "nav.account": "Mon compte",
    "sign_in.workspace": "Espace",
    "sign_in.workspace.hint": "Le nom de votre organisation ici, par exemple motos-douala.",
    "sign_in.email": "Adresse électronique",
    "sign_in.password": "Mot de passe",
    "sign_in.enter": "Entrer",
    "sign_in.or": "ou",
    "sign_in.link": "Recevoir un lien par courriel",
    "sign_in.wrong": (
        "L’espace, l’adresse ou le mot de passe ne va pas. Vérifiez-les, ou recevez un lien par courriel."
    ),
    "sign_in.wait": "Trop d’essais. Réessayez dans {minutes} min, ou recevez un lien par courriel.",
    "sign_in.wrong_code": (
        "Ce n’est pas le code de ce moment. Attendez le suivant et vérifiez l’heure du téléphone."
    ),
    "sign_in.link_over": (
        "Ce lien a déjà servi ou n’est plus valable. Demandez-en un nouveau à la page de connexion."
    ),
    "code.title": "Second facteur",
    "code.lead": "Ouvrez votre application d’authentification.",
    "code.code": "Code",
    "code.hint": "Sans téléphone, entrez un code de secours. Chaque code ne sert qu’une fois.",
    "code.back": "Revenir à la connexion",
    "sent.title": "Regardez votre courriel",
    "sent.lead": (
        "Si cette adresse est connue ici, un lien vient de lui être envoyé. Il est "
        "valable dix minutes et ne sert qu’une fois."
    ),
    "sent.hint": (
        "Rien après quelques minutes ? Vérifiez l’espace et l’adresse, puis le dossier des indésirables."
    ),
    "again.title": "Un instant",
    "arrive.title": "Vous voilà",
    "arrive.lead": "Un clic encore, et vous entrez. Le lien aura servi.",
    "codes.title": "Codes de secours",
    "codes.lead": "Gardez-les hors de ce téléphone. Ils ne seront plus montrés.",
    "codes.hint": "Chacun remplace une fois le code du téléphone.",
    "codes.done": "Je les ai gardés",
    "confirm.title": "Est-ce bien vous ?",
    "confirm.lead": "Cet acte est sensible : montrez encore une fois que c’est vous.",
    "confirm.button": "Continuer",
    "confirm.wrong": "Ce n’est pas cela. Réessayez.",
    "confirm.wait": "Trop d’essais. Réessayez dans {minutes} min.",
    "confirm.hint": (
        "Pas de mot de passe ? Déconnectez-vous et revenez par un lien : il vaut preuve pendant cinq minutes."
    ),
    "account.title": "Mon compte",
    "account.must_enrol": "Votre organisation demande un second facteur. Ajoutez-le pour continuer.",
    "account.second": "Second facteur",
    "account.second.on": "Actif. Codes de secours restants : {n}.",
    "account.second.off": (
        "Aucun. Un code du téléphone protège votre compte même si le mot de passe est connu."
    ),
    "account.second.begin": "Ajouter",
    "account.second.scan": (
        "Scannez ce code avec une application d’authentification, puis entrez le code qu’elle montre."
    ),
    "account.second.qr": "Code QR pour l’application d’authentification",
    "account.second.typed": "Ou tapez cette clé :",
    "account.second.confirm": "Activer",
    "account.second.remove": "Retirer",
    "account.codes.new": "Nouveaux codes de secours",
    "account.password": "Mot de passe",
    "account.password.on": "Vous en avez un.",
    "account.password.off": "Vous n’en avez pas : vous entrez par un lien.",
    "account.password.new": "Nouveau mot de passe",
    "account.password.again": "Encore une fois",
    "account.password.hint": "12 caractères ou plus ; quelques mots inhabituels à la suite conviennent.",
    "account.password.save": "Enregistrer",
    "account.password.differ": "Les deux ne sont pas les mêmes.",
    "account.sessions": "Sessions ouvertes",
    "account.sessions.unknown": "Navigateur inconnu",
    "account.sessions.since": "depuis {age}",
    "account.sessions.this": "celle-ci",
    "account.sessions.end": "Fermer",
    "account.sessions.end_others": "Fermer toutes les autres",
    "password.it is too short": "Il est trop court : 12 caractères ou plus.",
    "password.it is too long": "Il est trop long : 256 caractères au plus.",
    "password.it is among the first that are guessed": (
        "Il est parmi les premiers que l’on essaie. Choisissez-en un que personne ne devinerait."
    ),
    "password.it was found among stolen passwords": "Il figure parmi les mots de passe volés ailleurs.",
    "password.it is little more than names that anybody knows of you": (
        "Il n’est guère plus que votre nom, votre adresse ou le nom de votre entreprise."
    ),
    "role.administrator": "administrateur",
    "role.operator": "exploitant",
    "role.finance": "finances",
    "role.planner": "planificateur",
    "role.technician": "technicien",
    "role.driver": "conducteur",
    "role.investor": "investisseur",
    "role.client_contact": "contact d’un client",
    "role.internship_officer": "responsable des stages",
    "role.school_tutor": "tuteur de l’école",
    "role.company_tutor": "tuteur de l’entreprise",
    "role.student": "étudiant",
    "authorize.title": "{client} demande à entrer",
    "authorize.lead": (
        "{client} agira en votre nom, {name}, dans l’espace de {tenant} : il verra et fera ce "
        "que vous pouvez voir et faire. Vous pourrez l’en sortir depuis votre compte."
    ),
    "authorize.yes": "Autoriser",
    "authorize.no": "Refuser",
    "authorize.unknown": (
        "Ce programme n’est pas connu ici, ou son adresse de retour ne l’est pas. Prévenez "
        "qui vous l’a donné."
    ),
}
