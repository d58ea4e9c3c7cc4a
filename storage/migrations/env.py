"""Alembic's entry: migrates over the connection that storage.database hands in."""

from __future__ import annotations

from alembic import context

import storage.blacklist_models
import storage.capture_models
import storage.directory_models
import storage.models_api
import storage.models_desk
import storage.models_search
import storage.models_sources
import storage.proof_models
import storage.takedown_models  # noqa: F401 (their tables belong to the metadata)
from storage.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    # SQLite can undo CREATE TABLE too; the caller's transaction holds all steps or none.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
