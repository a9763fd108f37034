"""What is wrong with visits, technicians and plans, in French, with braces where a value stands."""

FRENCH_PLANNER = {
    "{} comes before {} already; they would wait for each other": (
        "{} vient déjà avant {} : elles s’attendraient l’une l’autre"
    ),
    "{} has {} visits planned from today on; plan them for somebody else first": (
        "{} a {} visites prévues à partir d’aujourd’hui : confiez-les d’abord à quelqu’un d’autre"
    ),
    "{} is over": "{} est passé",
    "{} knows no such field": "{} n’a pas ce champ",
    "{} needs it": "{} en a besoin",
    "a visit is bound to itself": "une visite est liée à elle-même",
    "an absence from {} to {} lies on these days": "une absence du {} au {} couvre déjà ces jours",
    "begin on {} or later": "commencez le {} ou plus tard",
    "change one of them": "changez l’un des deux",
    "compare plans of the same days": "comparez des plans des mêmes jours",
    "due_on lies before not_before_on": "la date limite est avant le premier jour possible",
    "end lies before begin": "la fin est avant le début",
    "exchange them": "échangez-les",
    "give 1 to {} days": "donnez de 1 à {} jours",
    "give {} at most": "donnez {} au plus",
    "give {} or earlier": "donnez {} ou plus tôt",
    "give a later moment": "donnez un moment plus tard",
    "give a moment of that day, or leave it out": "donnez un moment de ce jour, ou aucun",
    "give a name, or somebody who is there": "donnez un nom, ou quelqu’un de connu",
    "give a shift that ends on its own day": "donnez un service qui finit le même jour",
    "give an amount of 0 or more": "donnez un montant de zéro ou plus",
    'give hours and minutes, such as "00:45"': "donnez des heures et des minutes, comme 00:45",
    'give hours and minutes, such as "08:30"': "donnez des heures et des minutes, comme 08:30",
    "give it in {}": "donnez-le en {}",
    "give one of them": "donnez l’un des deux",
    "give the day and the hour, or neither": "donnez le jour et l’heure, ou aucun des deux",
    "give two visits": "donnez deux visites",
    "it closes before it opens": "cela ferme avant d’ouvrir",
    "it ends before it began": "cela finit avant d’avoir commencé",
    "it has a day and weekdays": "il y a un jour et des jours de la semaine",
    "it is a number": "c’est un nombre",
    "it is beyond reckoning": "c’est hors de tout calcul",
    "it is in {}": "c’est en {}",
    "it is more than two years ahead": "c’est dans plus de deux ans",
    "it is no time of a day": "ce n’est pas une heure du jour",
    "it is none of the days of this plan": "ce n’est pas un jour de ce plan",
    "it is not in this plan": "elle n’est pas dans ce plan",
    "it is of other days": "il est d’autres jours",
    "it is pinned to a day after due_on": "elle est fixée à un jour après la date limite",
    "it lasts no time": "cela ne dure rien",
    "it lies before the first day": "c’est avant le premier jour",
    "its round is on {}": "sa tournée est le {}",
    "latest lies before earliest": "le plus tard est avant le plus tôt",
    "leave it out for this moment": "ne donnez rien pour ce moment",
    "let each begin after the one before it, taken at its latest": (
        "que chacune commence après la précédente, prise au plus tard"
    ),
    "no round is in force today; plan the days that come": (
        "aucune tournée n’est en vigueur aujourd’hui : planifiez les jours à venir"
    ),
    "no window is as long as the visit": "aucune plage n’est aussi longue que la visite",
    "nobody in this plan is called so": "personne ne s’appelle ainsi dans ce plan",
    "nobody works here": "personne ne travaille ici",
    "nothing of the plan {} is in force": "rien du plan {} n’est en vigueur",
    "plan anew with this visit": "planifiez encore, avec cette visite",
    "technician and day go together": "le technicien et le jour vont ensemble",
    "the contract {} exists already": "le contrat {} existe déjà",
    "the contract {} is {} already": "le contrat {} est déjà {}",
    "the plan {} has no rounds yet: it is {}": "le plan {} n’a pas encore de tournées : il est {}",
    "the plan {} is {}; stop it, or wait until it is ready": (
        "le plan {} est {} : arrêtez-le, ou attendez qu’il soit prêt"
    ),
    "the plan breaks what binds it: {}; change it, or accept it with anyway: true": (
        "le plan ne tient pas ce qui le lie ({}) : changez-le, ou acceptez-le quand même"
    ),
    "the round of {} was changed since; undo that first, or plan again": (
        "la tournée de {} a changé depuis : défaites cela d’abord, ou planifiez encore"
    ),
    "the visit {} cannot be on {}: it is due, or bound to others, elsewhere": (
        "la visite {} ne peut pas être le {} : sa date limite ou ses liens la veulent ailleurs"
    ),
    "the visit {} has no place in a round": "la visite {} n’a pas de place dans une tournée",
    "the visit {} is {}, not {}": "la visite {} est {}, pas {}",
    "the visit {} is {}; it cannot be changed": "la visite {} est {} : elle ne change plus",
    "the visit {} is {}; it cannot become urgent": "la visite {} est {} : elle ne devient plus urgente",
    "the visit {} is {}; only what has not begun can be moved": (
        "la visite {} est {} : seul ce qui n’a pas commencé se déplace"
    ),
    "the visit {} is {}; there is no slot to be sought for it": (
        "la visite {} est {} : il n’y a pas de créneau à lui chercher"
    ),
    "the visit {} is pinned to {}; take the pin away first": (
        "la visite {} est fixée à {} : libérez-la d’abord"
    ),
    "there is a contact {} already; name it as the contact, or take another reference": (
        "la personne {} existe déjà : choisissez-la, ou prenez une autre référence"
    ),
    "there is a technician {} already; change that one, or choose another reference": (
        "le technicien {} existe déjà : changez-le, ou prenez une autre référence"
    ),
    "there is a visit {} already; change that one, or choose another reference": (
        "la visite {} existe déjà : changez-la, ou prenez une autre référence"
    ),
    "there is no such view": "cette vue n’existe pas",
    "these are {} days": "cela fait {} jours",
    "this place is at sea": "ce lieu est en mer",
    "two breaks overlap": "deux pauses se chevauchent",
    "what the plan {} was made of is not kept any more; plan again": (
        "ce dont le plan {} est fait n’est plus gardé : planifiez encore"
    ),
    "what this move would break was told; choose another place": (
        "ce que ce déplacement casserait est dit : choisissez une autre place"
    ),
    "widen a window, or shorten the duration": "élargissez une plage, ou réduisez la durée",
    "you may not write contacts; give the reference of one that is there": (
        "vous ne pouvez pas créer de personnes : donnez la référence de quelqu’un de connu"
    ),
    "it is too far from the present day": "c’est trop loin du jour actuel",
    "move it in two steps": "déplacez-la en deux fois",
    "one is missing": "il en manque un",
    "give both, or neither": "donnez le technicien et le jour, ou aucun des deux",
}
