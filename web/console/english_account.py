"""The words of signing in and of one's account, in English."""

ENGLISH_ACCOUNT = {
    "nav.account": "My account",
    "sign_in.workspace": "Workspace",
    "sign_in.workspace.hint": "Your organisation’s name here, for example motos-douala.",
    "sign_in.email": "Email address",
    "sign_in.password": "Password",
    "sign_in.enter": "Enter",
    "sign_in.or": "or",
    "sign_in.link": "Get a link by email",
    "sign_in.wrong": (
        "The workspace, the address or the password is not right. Check them, or get a link by email."
    ),
    "sign_in.wait": "Too many attempts. Try again in {minutes} min, or get a link by email.",
    "sign_in.wrong_code": (
        "That is not the code of this moment. Wait for the next, and check the telephone’s clock."
    ),
    "sign_in.link_over": "This link was used or has expired. Ask for a new one on the sign-in page.",
    "code.title": "Second factor",
    "code.lead": "Open your authenticator.",
    "code.code": "Code",
    "code.hint": "Without your telephone, enter a recovery code. Each code counts once.",
    "code.back": "Back to sign-in",
    "sent.title": "Look at your email",
    "sent.lead": (
        "If this address is known here, a link is on its way. It is good for ten minutes, and once."
    ),
    "sent.hint": "Nothing after some minutes? Check the workspace and the address, then the junk folder.",
    "again.title": "One moment",
    "arrive.title": "There you are",
    "arrive.lead": "One click more and you are in. The link will have been used.",
    "codes.title": "Recovery codes",
    "codes.lead": "Keep them away from this telephone. They are not shown again.",
    "codes.hint": "Each takes the place of the telephone’s code once.",
    "codes.done": "I have kept them",
    "confirm.title": "Is it you?",
    "confirm.lead": "This act is sensitive: show once more that it is you.",
    "confirm.button": "Go on",
    "confirm.wrong": "That is not it. Try again.",
    "confirm.wait": "Too many attempts. Try again in {minutes} min.",
    "confirm.hint": "No password? Sign out and come back by a link: it counts as proof for five minutes.",
    "account.title": "My account",
    "account.must_enrol": "Your organisation asks for a second factor. Add it to go on.",
    "account.second": "Second factor",
    "account.second.on": "On. Recovery codes left: {n}.",
    "account.second.off": (
        "None. A code from your telephone protects your account even if the password is known."
    ),
    "account.second.begin": "Add",
    "account.second.scan": "Scan this code with an authenticator, then enter the code that it shows.",
    "account.second.qr": "QR code for the authenticator",
    "account.second.typed": "Or type this key:",
    "account.second.confirm": "Turn on",
    "account.second.remove": "Remove",
    "account.codes.new": "New recovery codes",
    "account.password": "Password",
    "account.password.on": "You have one.",
    "account.password.off": "You have none: you enter by a link.",
    "account.password.new": "New password",
    "account.password.again": "Once more",
    "account.password.hint": "12 characters or more; some unusual words in a row are fine.",
    "account.password.save": "Save",
    "account.password.differ": "The two are not the same.",
    "account.sessions": "Open sessions",
    "account.sessions.unknown": "Unknown browser",
    "account.sessions.since": "since {age}",
    "account.sessions.this": "this one",
    "account.sessions.end": "End",
    "account.sessions.end_others": "End all others",
    "password.it is too short": "It is too short: 12 characters or more.",
    "password.it is too long": "It is too long: 256 characters at most.",
    "password.it is among the first that are guessed": (
        "It is among the first that are guessed. Choose one that nobody would guess."
    ),
    "password.it was found among stolen passwords": "It is among passwords that were stolen elsewhere.",
    "password.it is little more than names that anybody knows of you": (
        "It is little more than your name, your address or the name of your firm."
    ),
    "role.administrator": "administrator",
    "role.operator": "operator",
    "role.finance": "finance",
    "role.planner": "planner",
    "role.technician": "technician",
    "role.driver": "driver",
    "role.investor": "investor",
    "role.client_contact": "client contact",
    "role.internship_officer": "internship officer",
    "role.school_tutor": "school tutor",
    "role.company_tutor": "company tutor",
    "role.student": "student",
    "authorize.title": "{client} asks to come in",
    "authorize.lead": (
        "{client} will act in your name, {name}, in the workspace of {tenant}: it will see "
        "and do what you may see and do. You can put it out from your account."
    ),
    "authorize.yes": "Allow",
    "authorize.no": "Refuse",
    "authorize.unknown": (
        "This program is not known here, or its way back is not. Tell whoever gave it to you."
    ),
}
