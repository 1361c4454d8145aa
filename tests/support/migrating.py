"""Takes a database's schema back and forth."""

from pathlib import Path

from alembic import command
from alembic.config import Config

import auditor.store
from auditor.store.writing import writing


def migrated(store, *steps):
    """Bring the schema to each of these revisions in turn, ``head`` being the newest."""
    config = Config()
    config.set_main_option("script_location", str(Path(auditor.store.__file__).parent / "migrations"))
    for step in steps:
        with writing(store.engine) as connection:
            config.attributes["connection"] = connection
            (command.upgrade if step == "head" else command.downgrade)(config, step)
