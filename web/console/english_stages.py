"""What processes are called in English; a stage has its own name."""

ENGLISH_STAGES = {
    "process.fleet.score": "Scores of drivers",
    "process.maintenance.plan": "Planning of rounds",
    "process.maintenance.round": "A technician’s round",
    "process.maintenance.scheduling": "A visit’s place",
    "process.platform.file_sweep": "Files left over",
    "process.platform.foresight": "Foresight",
    "process.platform.letter": "Letter",
    "process.platform.publications": "Publications of books",
    "process.platform.reconciliation": "Messages of unknown fate",
    "process.platform.rule_trial": "Trial of a book",
    "process.platform.webhook": "Webhook",
}
