"""``auditor.toml`` and ``AUDITOR_SECTION__KEY`` → Settings. Unknown keys are errors; secrets stand in files of their own."""

from auditor.settings.load import load_settings
from auditor.settings.sections import (
    Browser,
    Crawl,
    Document,
    Evidence,
    Gate,
    Judge,
    Mail,
    Network,
    Rehearsal,
    Schedule,
    Settings,
    Store,
    Webhook,
)

__all__ = [
    "Browser",
    "Crawl",
    "Document",
    "Evidence",
    "Gate",
    "Judge",
    "Mail",
    "Network",
    "Rehearsal",
    "Schedule",
    "Settings",
    "Store",
    "Webhook",
    "load_settings",
]
