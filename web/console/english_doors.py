"""The words of passkeys and of organisations' own sign-in, in English."""

ENGLISH_DOORS = {
    "passkeys.heading": "Passkeys",
    "passkeys.about": (
        "A passkey opens your account with a finger, a glance or the device’s own code. "
        "No false site can copy it."
    ),
    "passkeys.title": "Add a passkey",
    "passkeys.lead": "Your device will ask you to confirm that it is you.",
    "passkeys.name": "Name of this passkey",
    "passkeys.name_hint": "To know it again later: “Paul’s telephone”.",
    "passkeys.create": "Make the passkey",
    "passkeys.add": "Add a passkey",
    "passkeys.remove": "Remove",
    "passkeys.since": "added {age}",
    "passkeys.unnamed": "Passkey",
    "passkeys.suspect": "Blocked: a copy was at work. Remove it.",
    "passkeys.codes_left": "Recovery codes left: {n}.",
    "passkeys.no_name": "Passkeys need the platform to have a domain name.",
    "passkeys.elsewhere": "Passkeys are added and used at {place}.",
    "programs.heading": "Applications",
    "passkeys.back": "Back to my account",
    "passkeys.sign_in": "Come in with a passkey",
    "passkeys.second": "Show your passkey.",
    "passkeys.show": "Show my passkey",
    "passkeys.instead": "Use a passkey",
    "passkeys.code_instead": "Use a recovery code or one of the telephone",
    "passkeys.without": "This browser knows no passkeys, or its scripts are stopped.",
    "passkeys.failed": "The device gave no passkey. Try again, or come in another way.",
    "passkeys.not_made": "The passkey could not be added. Begin again.",
    "passkeys.refused": (
        "This passkey opens nothing here. Try again, or come in another way and look at the passkeys "
        "in your account."
    ),
    "organisation.enter": "Come in by my organisation",
    "organisation.none": (
        "This workspace has no sign-in by an organisation. Check it, or come in another way."
    ),
    "organisation.down": "The organisation does not answer. Try again in a moment, or come in another way.",
    "organisation.refused": (
        "Your organisation did not let you in. Try again, or ask an administrator for an invitation."
    ),
    "onward.title": "One moment",
    "onward.lead": "Go on",
    "confirm.passkey_hint": (
        "No passkey at hand? Sign out and come back with a recovery code: it counts as proof for "
        "five minutes."
    ),
}
