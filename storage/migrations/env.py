"""Alembic's entry: migrates over the connection that storage.database hands in."""

from __future__ import annotations

from alembic import context

import storage.directory_models
import storage.models_desk
import storage.models_sources  # noqa: F401 (their tables belong to the metadata)
from storage.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    # SQLite can undo CREATE TABLE too; the caller's transaction holds all steps or none.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
