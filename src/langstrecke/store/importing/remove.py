"""Take a race out of the store again."""

from __future__ import annotations

from langstrecke.store import Store
from langstrecke.store.importing.plan import make_plan
from langstrecke.store.importing.write import records, write_plan


def remove_race(store: Store, race_id: str) -> list[str]:
    """Forget a race with all sessions of its event: every file of them, superseded ones and copies included.

    Returns the paths of the files forgotten; importing them brings the race back. Raises `NotFoundError` for an
    unknown race, `StoreError` where the store cannot be written.
    """
    store.race(race_id)
    of_race = "SELECT session_id FROM sessions WHERE race_id = ?"
    rows = store.connection.execute(f"SELECT path FROM files WHERE session_id IN ({of_race}) ORDER BY 1", [race_id])
    paths = [str(row[0]) for row in rows.fetchall()]
    kept = [record for record in records(store) if record.path not in set(paths)]
    write_plan(store, kept, {}, make_plan(kept), forget=paths)
    return paths
