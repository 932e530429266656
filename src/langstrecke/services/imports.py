"""Importing received files into the store, as a job."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from langstrecke.errors import LangstreckeError, TimingFileError
from langstrecke.services.answers.data import ImportAnswer
from langstrecke.services.progress import Step
from langstrecke.services.requests.data import ImportAsk, ImportPathsAsk, Upload
from langstrecke.services.settings import Settings
from langstrecke.services.store import writing

if TYPE_CHECKING:
    from langstrecke.store import Store

_NAME = re.compile(r"[^A-Za-z0-9._ -]")


def import_files(settings: Settings, ask: ImportAsk, *, step: Step) -> ImportAnswer:
    """Read received files into the store, and drop them. Each problem names the file as its sender called it.

    What the files do not say of their race is read off the path they were sent under ("2021/02-sebring/...") or taken
    from the request. TimingFileError where nothing can be read or filed.
    """
    from langstrecke.store.importing import Options, import_paths

    settings.uploads.mkdir(parents=True, exist_ok=True)
    received = [_received(settings, upload) for upload in ask.files]
    told = Options(season=str(ask.season) if ask.season is not None else None, event=ask.event or None)
    with tempfile.TemporaryDirectory(dir=settings.uploads) as folder:
        try:
            places: dict[Path, str] = {}
            for path, upload in received:
                place = _placed(Path(folder), path, upload)
                if upload.name in places.values():
                    raise LangstreckeError(f"{upload.name} was sent twice", hint="send files of one event at a time")
                places[place] = upload.name
            with writing(settings) as store:
                names = _sent_as(store, places)
                report = import_paths(store, [folder], options=told, names=names, progress=step)
        except LangstreckeError as error:
            raise _in_senders_words(error, folder, ask) from None
        finally:
            for path, _ in received:
                path.unlink(missing_ok=True)
    return ImportAnswer.model_validate(asdict(report))


def import_paths(settings: Settings, ask: ImportPathsAsk, *, step: Step) -> ImportAnswer:
    """Import files and folders of this machine into the store; what is there already is left alone."""
    from langstrecke.store import open_store
    from langstrecke.store.importing import Options
    from langstrecke.store.importing import import_paths as read

    told = Options(ask.series, ask.season, ask.event)
    with open_store(settings.store) as store:
        report = read(store, ask.paths, options=told, progress=step)
    return ImportAnswer.model_validate({"store": str(settings.store), **asdict(report)})


def _received(settings: Settings, upload: Upload) -> tuple[Path, Upload]:
    """The file, where it really lies among the received ones."""
    path = (settings.uploads / upload.path).resolve()
    if path.parent != settings.uploads.resolve() or not path.is_file():
        raise LangstreckeError(f"{upload.name} has not been received", hint="send it again")
    return path, upload


def _placed(folder: Path, path: Path, upload: Upload) -> Path:
    """Put a file into a folder of its own, under its cleaned name."""
    parts = PurePosixPath(upload.name.replace("\\", "/")).parts
    name = _NAME.sub("_", parts[-1] if parts else "file").lstrip(".") or "file"
    place = Path(tempfile.mkdtemp(dir=folder)) / name
    shutil.copyfile(path, place)
    return place.resolve()


def _sent_as(store: Store, places: Mapping[Path, str]) -> dict[Path, str]:
    """The names the store knows the files by.

    A name of a sender's is no place: "laps.csv" of another day is another file and must not push the first out.
    """
    from langstrecke.store.importing import content_hash
    from langstrecke.store.importing.write import records

    held = {record.path: record.sha256 for record in records(store)}
    hashes = {place: content_hash(place) for place in places}
    before = ""
    while any(held.get(before + name, hashes[place]) != hashes[place] for place, name in places.items()):
        before += "again/"
    return {place: before + name for place, name in places.items()}


def _in_senders_words(error: LangstreckeError, folder: str, ask: ImportAsk) -> LangstreckeError:
    """The error with the names the files were sent under, not those they lie under."""
    names = {PurePosixPath(u.name.replace("\\", "/")).name: u.name for u in ask.files}
    file = names.get(Path(error.file).name, error.file) if error.file else None
    if error.file and Path(error.file).resolve() == Path(folder).resolve():
        file = ask.files[0].name if len(ask.files) == 1 else f"{len(ask.files)} files"
    return TimingFileError(error.what, file=file, line=error.line, key=error.key, hint=error.hint)
