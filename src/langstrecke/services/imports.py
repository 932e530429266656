"""Importing received files into the store, as a job."""

from __future__ import annotations

import re
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path, PurePosixPath

from langstrecke.errors import LangstreckeError, TimingFileError
from langstrecke.services.answers.data import ImportAnswer
from langstrecke.services.progress import Step
from langstrecke.services.requests.data import ImportAsk, ImportPathsAsk, Upload
from langstrecke.services.settings import Settings
from langstrecke.services.store import writing
from langstrecke.store.importing.layouts import find_sources, slug

_NAME = re.compile(r"[^A-Za-z0-9._ -]")
NOT_TOLD = "event-not-told"
"""Stands where the event's folder should."""
_YEAR = re.compile(r"(?:19|20)\d{2}")


def import_files(settings: Settings, ask: ImportAsk, *, step: Step) -> ImportAnswer:
    """Read received files into the store, and drop them. Each problem names the file as its sender called it.

    The importer reads event and season off folders. They are taken from the sent path ("2021/02-sebring/...") or from
    the request. TimingFileError where nothing can be read.
    """
    from langstrecke.store.importing import import_paths

    settings.uploads.mkdir(parents=True, exist_ok=True)
    received = [_received(settings, upload) for upload in ask.files]
    with tempfile.TemporaryDirectory(dir=settings.uploads) as folder:
        try:
            places = {_placed(Path(folder), path, upload, ask): upload.name for path, upload in received}
            _all_told(Path(folder), places)
            with writing(settings) as store:
                report = import_paths(store, [folder], progress=step)
        except LangstreckeError as error:
            raise _in_senders_words(error, folder, ask) from None
        finally:
            for path, _ in received:
                path.unlink(missing_ok=True)
        data = asdict(report)
        for note in data["notes"]:
            note["file"] = places.get(Path(note["file"]).resolve(), Path(note["file"]).name)
    return ImportAnswer.model_validate(data)


def import_paths(settings: Settings, ask: ImportPathsAsk, *, step: Step) -> ImportAnswer:
    """Import files and folders of this machine into the store; what is there already is left alone."""
    from langstrecke.store import open_store
    from langstrecke.store.importing import import_paths as read

    with open_store(settings.store) as store:
        report = read(store, ask.paths, progress=step)
    return ImportAnswer.model_validate({"store": str(settings.store), **asdict(report)})


def _received(settings: Settings, upload: Upload) -> tuple[Path, Upload]:
    """The file, where it really lies among the received ones."""
    path = (settings.uploads / upload.path).resolve()
    if path.parent != settings.uploads.resolve() or not path.is_file():
        raise LangstreckeError(f"{upload.name} has not been received", hint="send it again")
    return path, upload


def _placed(folder: Path, path: Path, upload: Upload, ask: ImportAsk) -> Path:
    """Put a file where the importer looks for it: season/event/name, all three cleaned."""
    parts = PurePosixPath(upload.name.replace("\\", "/")).parts
    name = _NAME.sub("_", parts[-1] if parts else "file").lstrip(".") or "file"
    above = [part for part in parts[:-1] if slug(part)]
    year = next((part for part in reversed(above) if _YEAR.fullmatch(part)), None)
    inner = [slug(part) for part in above[above.index(year) + 1 :]] if year is not None else []
    event = slug(ask.event) or (inner[0] if inner else "")
    season = str(ask.season) if ask.season is not None else (year or "")
    target = folder.joinpath(*([season] if season else []), event or NOT_TOLD)
    target.mkdir(parents=True, exist_ok=True)
    place = target / name
    if place.exists():
        raise LangstreckeError(f"{name} was sent twice for one event", hint="send files of one event at a time")
    shutil.copyfile(path, place)
    return place.resolve()


def _all_told(folder: Path, places: dict[Path, str]) -> None:
    """TimingFileError for a file of which nobody told the event: the importer would name one after the folder."""
    for source in find_sources(folder)[0]:
        if source.event == NOT_TOLD:
            hint = "give the event, for example sebring-international-raceway"
            raise TimingFileError("of which event is it?", file=places[source.path.resolve()], hint=hint)


def _in_senders_words(error: LangstreckeError, folder: str, ask: ImportAsk) -> LangstreckeError:
    """The error with the names the files were sent under, not those they lie under."""
    names = {PurePosixPath(u.name.replace("\\", "/")).name: u.name for u in ask.files}
    file = names.get(Path(error.file).name, Path(error.file).name) if error.file else None
    if error.file and Path(error.file).resolve() == Path(folder).resolve():
        file = ask.files[0].name if len(ask.files) == 1 else f"{len(ask.files)} files"
    hint = error.hint
    if "known layout" in error.what:
        hint = "the name has to tell what it is, for example 202103201010-race-laps.csv; docs/api.md lists them"
    return TimingFileError(error.what, file=file, line=error.line, key=error.key, hint=hint)
