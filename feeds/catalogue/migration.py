"""A catalogue that an earlier program made becomes one of this program: ids, times of change and documents stay."""

from __future__ import annotations

import sqlalchemy as sa

from feeds import tables as t
from feeds.likeness import same_address

_READ_ANEW = (t.articles, t.memberships, t.notices, t.problems)


def migrate(connection: sa.Connection, found: str) -> bool:
    """Bring the tables of schema ``found`` to the schema of this program; False where that is none of ours."""
    if found not in {"1", "2", "3"}:
        return False
    if found == "1":
        _keep_remains(connection)
    if found != "3":
        connection.exec_driver_sql("ALTER TABLE documents ADD COLUMN version BIGINT NOT NULL DEFAULT 0")
        connection.exec_driver_sql("ALTER TABLE documents ADD COLUMN parts TEXT NOT NULL DEFAULT ''")
    # All else that has changed is read anew; of schema 3, because articles may say what they were not asked for.
    t.metadata.drop_all(connection, _READ_ANEW)
    connection.exec_driver_sql("DROP TABLE IF EXISTS folders")
    t.metadata.create_all(connection)
    for index in (*t.ledger.indexes, *t.documents.indexes):
        index.create(connection, checkfirst=True)
    connection.execute(t.meta.delete().where(t.meta.c.name == "rules"))
    connection.execute(t.meta.update().where(t.meta.c.name == "schema").values(value=str(t.SCHEMA)))
    return True


def _keep_remains(connection: sa.Connection) -> None:
    """Of schema 1: the ledger keeps addresses as they are compared, and what remains of withdrawn articles."""
    connection.exec_driver_sql("ALTER TABLE ledger RENAME COLUMN link TO address")
    connection.exec_driver_sql("DROP INDEX ledger_link")
    connection.exec_driver_sql("ALTER TABLE ledger ADD COLUMN remains TEXT NOT NULL DEFAULT ''")
    rows = connection.execute(sa.select(t.ledger.c.newsroom, t.ledger.c.id, t.ledger.c.address)).all()
    if rows:
        ours = t.ledger.c
        update = t.ledger.update().where(ours.newsroom == sa.bindparam("newsroom_"), ours.id == sa.bindparam("id_"))
        connection.execute(
            update.values(address=sa.bindparam("address_")),
            [{"newsroom_": r.newsroom, "id_": r.id, "address_": same_address(r.address or "") or None} for r in rows],
        )
