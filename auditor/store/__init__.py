"""The database: SQLAlchemy Core, one repository an aggregate, migrations from the first table on."""

from auditor.store.open import Store, open_store

__all__ = ["Store", "open_store"]
