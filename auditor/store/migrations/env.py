"""Alembic's environment: run from the program over the connection it is given, never by itself."""

from alembic import context

from auditor.store.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
