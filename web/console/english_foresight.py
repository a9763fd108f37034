"""The console's words in English: foresight."""

ENGLISH_FORESIGHT = {
    "nav.foresight": "Look ahead",
    "foresight.title": "Foresight",
    "foresight.lead": "A contract's life to come, played ahead on a copy: nothing is sent.",
    "foresight.show": "Show its life to come",
    "foresight.of": "The life to come of the contract {ref}",
    "foresight.of_portfolio": "The portfolio under draft rules",
    "foresight.portfolio": "Try a draft on the portfolio",
    "foresight.portfolio.lead": (
        "A sample of contracts lives a past period again, once under the rules in force and once under the "
        "draft. Payments are those that came in."
    ),
    "foresight.none": "Nothing foreseen yet: the button stands on the page of each contract.",
    "foresight.assumption": "What if the driver…",
    "foresight.kind.as_so_far": "pays as so far (past delays, drawn by lot)",
    "foresight.kind.perfect": "pays every instalment on time",
    "foresight.kind.stops": "pays nothing any more",
    "foresight.kind.given": "pays what follows",
    "foresight.kind.as_it_was": "pays as they did",
    "foresight.payments": "Payments",
    "foresight.payments.hint": "One a line, such as 2031-03-05 10000. For “pays what follows” only.",
    "foresight.seed": "Number of the draw",
    "foresight.seed.hint": "The same number gives the same payments.",
    "foresight.until": "Until",
    "foresight.until.hint": "Empty: some weeks after the last instalment.",
    "foresight.begins": "From",
    "foresight.sample": "Contracts in the sample",
    "foresight.draft": "Draft to compare",
    "foresight.draft.none": "None",
    "foresight.begin": "Look ahead",
    "foresight.asked": "Asked",
    "foresight.what": "About",
    "foresight.state": "State",
    "foresight.state.waiting": "about to begin",
    "foresight.state.running": "under way",
    "foresight.state.done": "done",
    "foresight.state.failed": "failed",
    "foresight.state.stopped": "stopped",
    "foresight.progress": "Progress",
    "foresight.steps": "{done} of {total} steps. This page reloads itself.",
    "foresight.soon": "It begins in a moment. This page reloads itself.",
    "foresight.stop": "Stop",
    "foresight.future.present": "Rules in force",
    "foresight.future.draft": "Draft",
    "foresight.future.happened": "What happened",
    "foresight.figure": "In all",
    "foresight.figure.messages": "Messages",
    "foresight.figure.calls": "Calls to make",
    "foresight.figure.suspensions": "Suspensions of vehicles",
    "foresight.figure.alerts": "Alerts",
    "foresight.figure.sms_parts": "Parts of SMS",
    "foresight.figure.payments": "Payments",
    "foresight.figure.payment_minor": "Received",
    "foresight.figure.arrears": "Arrears at the end",
    "foresight.figure.remaining": "Still to pay at the end",
    "foresight.days": "Day by day",
    "foresight.same": "Both rules come to the same here.",
    "foresight.due": "Instalment due",
    "foresight.payment": "Assumed payment",
    "foresight.method": "How this is computed",
    "foresight.method.contract": (
        "A copy of the contract, without anybody’s address, lives on the real engine under the real rules, "
        "and time passes fast. Assumed payments come in at 10 o’clock. The contract itself is not touched."
    ),
    "foresight.method.portfolio": (
        "Contracts are drawn by lot in each class of arrears and counted by their weight. Dates are moved by "
        "364 days, public holidays included. Drivers do not react to the draft: they pay as they paid. The "
        "first column tells what really happened."
    ),
    "foresight.stratum": "Arrears at the beginning",
    "foresight.stratum.paid": "none",
    "foresight.stratum.behind": "behind",
    "foresight.stratum.far_behind": "far behind",
    "foresight.quiet": ("{n} days from {first} to {last}: {due} fall due, {paid} come in, nothing else"),
    "foresight.drawn": "{drawn} drawn of {of}",
    "refused.foresight": (
        "This cannot be foreseen: the contract is not running, or too many foresights are under way."
    ),
}
