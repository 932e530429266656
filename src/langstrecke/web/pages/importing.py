"""Importing timing files, one or a whole folder of them: a part of the page Races."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nicegui import ui
from pydantic import ValidationError

from langstrecke import services
from langstrecke.errors import LangstreckeError
from langstrecke.formatting import plural
from langstrecke.services.requests.data import ImportAsk
from langstrecke.web.pages import components as bits
from langstrecke.web.pages.components import esc
from langstrecke.web.pages.job_view import JobView
from langstrecke.web.problem import problem_of

if TYPE_CHECKING:
    from langstrecke.web.pitwall import Pitwall

SHOWN_NOTES = 8
SHOWN_REFUSED = 12


class ImportPanel:
    """A place to drop files and folders; what comes of them is told below it, and `done` is called."""

    def __init__(self, pitwall: Pitwall, done: Callable[[], Any]) -> None:
        self._pitwall, self._done = pitwall, done
        with bits.panel("Import timing files", "Al Kamel CSV, results, weather"):
            self._zone()
            with bits.row():
                self._event = ui.input("Event", placeholder="as the folder says").props("dense outlined")
                self._event.style("width: 11rem")
                self._season = ui.number("Season", min=1900, max=2200, precision=0).props("dense outlined")
                self._season.style("width: 7rem")
                bits.text("only where neither files nor folders say it: 2021/05-sebring/…", "note")
            self._import = JobView(pitwall)
            self._imported = ui.element("div").classes("down")
        ui.on("pw_sent", self._received)

    def _zone(self) -> None:
        limit = self._pitwall.settings.upload_limit
        with ui.element("div").classes("pw-drop down").props(f"data-limit={limit}"):
            with bits.row():
                bits.text("Drop files or a folder here", "strong")
                for kind, words, icon in (
                    ("files", "Files", "upload_file"),
                    ("folder", "Folder", "drive_folder_upload"),
                ):
                    made = bits.button(words, lambda: None, icon=icon)
                    made.on("click", js_handler=f"(e) => pw.choose(e.currentTarget ?? e.target, '{kind}')")
                    whole = "webkitdirectory" if kind == "folder" else ""
                    chosen = ui.element("input").props(f"type=file multiple hidden data-kind={kind} {whole}")
                    chosen.props(f'aria-label="{words} to import" tabindex=-1')
            words = f"Up to {limit // 2**20} MiB a file. Names tell what a file is: 202103201010-race-laps.csv. "
            bits.text(words + "What is there already is left alone.", "note")
            bits.text("", "note").props("role=status")

    def _received(self, event: Any) -> None:
        if self._imported.is_deleted:
            return
        told = event.args if isinstance(event.args, dict) else {}
        refused = [one for one in told.get("refused") or [] if isinstance(one, dict)]
        self._imported.clear()
        with self._imported:
            for one in refused[:SHOWN_REFUSED]:  # one bad file does not keep the others out
                error = LangstreckeError(
                    str(one.get("what")), file=str(one.get("name")), hint=one.get("hint") or None
                )
                bits.markup(bits.told(error))
            if len(refused) > SHOWN_REFUSED:
                bits.text(f"and {plural(len(refused) - SHOWN_REFUSED, 'more file')} not taken", "bad")
        if not told.get("sent"):
            return
        given = {"event": (self._event.value or "").strip(), "season": self._season.value or None}
        try:
            ask = ImportAsk.model_validate({"files": told["sent"], **given})
        except ValidationError as error:
            self._import.say(LangstreckeError(problem_of(error).what, hint="drop fewer files at a time"))
            return
        self._import.start(lambda: self._pitwall.start(services.import_files, ask), self._report)

    def _report(self, answer: Any) -> None:
        with self._imported:
            counts = f"{answer.imported} imported, {plural(answer.laps, 'lap')}, {answer.unchanged} known already"
            counts += f", {answer.failed} not readable" if answer.failed else ""
            tone = "error" if answer.failed and not answer.imported else "told"
            lines = [f'<span class="strong">{esc(counts)}</span>']
            lines += [esc(f"race {race}") for race in answer.races]
            for note in sorted(answer.notes, key=lambda n: not n.failed)[:SHOWN_NOTES]:
                word = '<span class="bad strong">not read</span> ' if note.failed else ""
                lines.append(f"{word}{esc(note.file)}: {esc('; '.join(note.notes))}")
            if len(answer.notes) > SHOWN_NOTES:
                lines.append(f"and {plural(len(answer.notes) - SHOWN_NOTES, 'more file')}")
            bits.markup(f'<div class="{tone}" role="status">{"<br>".join(lines)}</div>')
        if answer.imported or answer.replaced:
            self._done()
