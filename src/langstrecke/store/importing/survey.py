"""What a folder of timing files would become, without a store: for scripts that read the files themselves."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from langstrecke.errors import LangstreckeError
from langstrecke.store.importing.content import describe
from langstrecke.store.importing.evidence import gather
from langstrecke.store.importing.find import find_files
from langstrecke.store.importing.plan import Plan, make_plan
from langstrecke.store.importing.record import Record
from langstrecke.timing.files import load


def survey(folder: Path, keep: Callable[[Path], bool] = lambda _: True) -> Plan:
    """The sessions and races of the files under a folder; files that cannot be read, or that `keep` does not want,
    are left out.
    """
    found = []
    for path in find_files(folder):
        if not keep(path):
            continue
        try:
            content = describe(load(path))
        except LangstreckeError:
            continue
        name = os.path.normpath(path.absolute())
        sha = hashlib.sha256(path.read_bytes()).hexdigest()
        found.append(Record(name, sha, content, gather(name, content)))
    return make_plan(found)
