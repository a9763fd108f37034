"""What is wrong in a form, in French. The rest of the house says it in English, for programs."""

FRENCH = {
    "it is missing": "il manque une valeur",
    "add it": "complétez",
    "it is empty": "il n’y a rien",
    "write something": "écrivez quelque chose",
    "not a reference": "ce n’est pas une référence",
    "use 1 to 64 letters, digits, dots, dashes or underscores, beginning with a letter or digit": (
        "écrivez 1 à 64 lettres, chiffres, points, tirets ou traits bas, en commençant par une lettre ou un "
        "chiffre"
    ),
    "not a date": "ce n’est pas une date",
    "write it as YYYY-MM-DD": "choisissez un jour du calendrier",
    "give a day of the calendar, as YYYY-MM-DD": "choisissez un jour du calendrier",
    "not a date with a time": "ce n’est pas une date avec une heure",
    "pick it in the calendar": "choisissez-la dans le calendrier",
    "check the year": "vérifiez l’année",
    "it has an unprintable character": "il y a un caractère invisible",
    "leave it out": "retirez-le",
    "it has a line break": "il y a un retour à la ligne",
    "write it on one line": "écrivez sur une seule ligne",
    "not a number": "ce n’est pas un nombre",
    "write digits alone": "écrivez des chiffres seuls",
    "write digits and at most one point, such as 12.50": "écrivez des chiffres, comme 12500",
    "write digits, such as 12.50": "écrivez des chiffres, comme 12500",
    "not above 0": "ce n’est pas plus que zéro",
    "give an amount above 0": "donnez un montant au-dessus de zéro",
    "the amount is out of range": "le montant est hors de mesure",
    "check the number of digits": "vérifiez le nombre de chiffres",
    "it lies in the future": "c’est dans l’avenir",
    "give the moment the money came in": "donnez le moment où l’argent est arrivé",
    "too far away": "c’est trop loin",
    "it is too far from the present day": "c’est trop loin du jour actuel",
    "move it in two steps": "déplacez-la en deux fois",
    "one is missing": "il en manque un",
    "give both, or neither": "donnez le technicien et le jour, ou aucun des deux",
    "see the schema in /openapi.json": "vérifiez la valeur",
    "use one of the values named": "choisissez dans la liste",
    "give a whole number, without quotes": "donnez un nombre entier",
    "it lies in the past": "c’est dans le passé",
}


def french(text: str) -> str:
    """What nobody has translated stays as it is: better read in English than not at all."""
    return FRENCH.get(text, text)
