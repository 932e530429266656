"""Archives on this machine: trees of the real grammar, and a server that serves them well, or badly when told to."""

from __future__ import annotations

import email.utils
import gzip
import hashlib
import html
import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

import polars as pl

from langstrecke.timing.write import write_alkamel
from race_maker import make_race

MODIFIED = 1_780_000_000.0
"""When every file of a site was written, seconds since 1970."""

LOGIN = '<!DOCTYPE html><html><body><form><input type="password" name="p"></form></body></html>'
RESULT_COLUMNS = (
    "POSITION;NUMBER;STATUS;LAPS;TOTAL_TIME;GAP_FIRST;GAP_PREVIOUS;FL_LAPNUM;FL_TIME;FL_KPH;TEAM;CLASS;GROUP;DIVISION;"
    "VEHICLE;TIRES;DRIVER1_FIRSTNAME;DRIVER1_SECONDNAME;DRIVER1_LICENSE;DRIVER1_HOMETOWN;DRIVER1_COUNTRY;"
    "DRIVER2_FIRSTNAME;DRIVER2_SECONDNAME;DRIVER2_LICENSE;DRIVER2_HOMETOWN;DRIVER2_COUNTRY;"
)
WEATHER = (
    "TIME_UTC_SECONDS;TIME_UTC_STR;AIR_TEMP;TRACK_TEMP;HUMIDITY;PRESSURE;WIND_SPEED;WIND_DIRECTION;RAIN;\r\n"
    "1774109502;21-Mar-26 14:11:42;20.1;25.2;77;1013.0;10.0;157;0;\r\n"
    "1774109562;21-Mar-26 14:12:42;20.3;25.5;76;1013.0;10.0;98;0;\r\n"
)


@dataclass
class Site:
    """A site under test. `files` is path -> bytes (paths decoded, no leading slash)."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    """Path with query, decoded -> page."""
    log: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    faults: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Path (or end of one) -> what to do instead, one for each request; the last one stays if it begins with `!`."""
    etags: bool = True
    sizes: bool = True

    def add(self, path: str, content: bytes | str) -> None:
        """Put a file onto the site."""
        self.files[path] = content.encode() if isinstance(content, str) else content

    def asked(self, end: str = "") -> list[str]:
        """Requests so far whose path ends with `end`, as "GET /path"."""
        return [f"{method} {path}" for method, path, _ in self.log if path.endswith(end)]

    def file_requests(self) -> list[str]:
        """GET requests for files."""
        return [path for method, path, _ in self.log if method == "GET" and path.lstrip("/") in self.files]

    def fault(self, path: str) -> str:
        """What is to go wrong with this request, if anything."""
        for key, waiting in self.faults.items():
            if path.endswith(key) and waiting:
                return waiting[0] if waiting[0].startswith("!") else waiting.pop(0)
        return ""


@contextmanager
def served(site: Site) -> Iterator[Site]:
    """Serve a site on this machine while the block runs."""

    class Handler(_Handler):
        pass

    Handler.site = site
    server = _Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    site.url = f"http://127.0.0.1:{server.server_address[1]}/"
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, address: object) -> None:
        """A client that hangs up in the middle is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    site: Site
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self._serve()

    def do_GET(self) -> None:
        self._serve()

    def _serve(self) -> None:
        site = self.site
        parts = urlsplit(self.path)
        path = unquote(parts.path).lstrip("/")
        whole = f"{path}?{unquote(parts.query)}" if parts.query else path
        site.log.append((self.command, f"/{whole}", {k.lower(): v for k, v in self.headers.items()}))
        fault = site.fault(whole).lstrip("!")
        if fault and self._misbehave(fault, path):
            return
        query = parse_qs(parts.query)
        if whole in site.pages:
            self._page(site.pages[whole])
        elif "file" in query and f"download/{query['file'][0]}" in site.files:
            self._file(f"download/{query['file'][0]}", fault)
        elif path in site.files:
            self._file(path, fault)
        elif (path.endswith("/") or not path) and any(name.startswith(path) for name in site.files):
            self._page(listing(site, path))
        else:
            self._say(404, b"<html><body>Not Found</body></html>", "text/html")

    def _misbehave(self, fault: str, path: str) -> bool:
        """Whether the fault was the whole answer."""
        word, _, more = fault.partition(":")
        if word == "status":
            code, _, retry = more.partition(":")
            self._say(int(code), b"<html>no</html>", "text/html", {"Retry-After": retry} if retry else {})
        elif word == "redirect":
            self._say(302, b"", "text/html", {"Location": more})
        elif word == "html":
            self._say(200, b"<!DOCTYPE html><html><body>We have moved</body></html>", "text/html")
        elif word == "login":
            self._say(200, LOGIN.encode(), "text/html")
        elif word == "slow":
            time.sleep(float(more))
            return False
        elif word == "drop":
            self.close_connection = True
        elif word in ("half", "stall"):  # of a page: less than was told; with `stall` the rest is waited for in vain
            body = listing(self.site, path).encode() if path.endswith("/") else b"User-agent: *"
            self._say(200, body[: len(body) // 2], "text/html", told=len(body))
            self.wfile.flush()
            time.sleep(float(more or 0))
        elif word == "unpackable":
            self._say(200, b"not packed at all", "text/html", {"Content-Encoding": "gzip"})
        elif word == "bomb":
            packed = gzip.compress(b"0" * int(more))
            self._say(200, packed, "text/csv", {"Content-Encoding": "gzip"})
        else:
            return False
        return True

    def _page(self, text: str) -> None:
        self._say(200, text.encode(), "text/html; charset=UTF-8", {"Cache-Control": "no-store"})

    def _file(self, path: str, fault: str) -> None:
        content = self.site.files[path]
        tag = f'"{hashlib.md5(content).hexdigest()}"'
        when = email.utils.formatdate(MODIFIED, usegmt=True)
        headers = {"ETag": tag, "Last-Modified": when} if self.site.etags else {}
        if self.site.etags and self.headers.get("If-None-Match") == tag:
            self._say(304, b"", "text/csv", headers)
            return
        status, begin = 200, 0
        asked = self.headers.get("Range", "")
        if asked.startswith("bytes=") and self.headers.get("If-Range") in (tag, when):
            begin = int(asked[6:].rstrip("-"))
            if begin >= len(content):
                self._say(416, b"", "text/plain")
                return
            status = 206
            headers["Content-Range"] = f"bytes {begin}-{len(content) - 1}/{len(content)}"
        word, _, more = fault.partition(":")
        if word == "cut":
            self._say(status, content[begin : begin + int(more)], "text/csv", headers, told=len(content) - begin)
        elif word == "untold":
            self._say(status, content[: int(more)], "text/csv", headers, told=-1)
        elif word == "larger":
            self._say(status, content, "text/csv", headers, told=int(more))
        else:
            self._say(status, content[begin:], "text/csv", headers)

    def _say(
        self, code: int, body: bytes, kind: str, headers: dict[str, str] | None = None, told: int | None = None
    ) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        length = len(body) if told is None else told
        if length >= 0:
            self.send_header("Content-Length", str(length))
        if length != len(body):
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def listing(site: Site, path: str) -> str:
    """A folder as Apache's fancy index prints it."""
    names: dict[str, int | None] = {}
    for name, content in site.files.items():
        if name.startswith(path):
            head, slash, _ = name[len(path) :].partition("/")
            names[head + slash] = None if slash else len(content)
    rows = []
    stamp = time.strftime("%Y-%m-%d %H:%M", time.gmtime(MODIFIED))
    for name, size in sorted(names.items()):
        shown = html.escape(name if len(name) < 24 else name[:21] + "..>")
        told = "  - " if size is None else f"{size / 1024:.1f}K" if size >= 1024 else str(size)
        icon = "folder" if size is None else "unknown"
        rows.append(
            f'<tr><td valign="top"><img src="/icons/{icon}.gif" alt="[{icon[:3].upper()}]"></td>'
            f'<td><a href="{quote(name)}">{shown}</a></td><td align="right">{stamp}  </td>'
            f'<td align="right">{told if site.sizes else "&nbsp;"}</td><td>&nbsp;</td></tr>'
        )
    above = "/" + path.rstrip("/").rpartition("/")[0]
    return (
        '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n'
        f"<html>\n <head>\n  <title>Index of /{html.escape(path)}</title>\n </head>\n <body>\n"
        f'<h1>Index of /{html.escape(path)}</h1>\n  <table>\n   <tr><th valign="top">'
        '<img src="/icons/blank.gif" alt="[ICO]"></th><th><a href="?C=N;O=D">Name</a></th>'
        '<th><a href="?C=M;O=A">Last modified</a></th><th><a href="?C=S;O=A">Size</a></th></tr>\n'
        f'<tr><td><img src="/icons/back.gif" alt="[PARENTDIR]"></td><td><a href="{quote(above)}">Parent Directory</a>'
        "</td><td>&nbsp;</td></tr>\n" + "\n".join(rows) + "\n</table>\n</body></html>\n"
    )


# --- what a timekeeper publishes ------------------------------------------------------------------------------------


def lap_file(folder: Path, laps: pl.DataFrame | None = None, *, until_s: float | None = None) -> bytes:
    """A lap file in the timekeeper's form, written by the project's own writer; as it stood after `until_s`."""
    table = laps if laps is not None else make_race(cars=6, length_s=3600.0)
    if until_s is not None:
        table = table.filter(pl.col("elapsed_s") <= until_s)
    place = folder / "laps.csv"
    write_alkamel(table, place, dialect="wec")
    return place.read_bytes()


def result_file(laps: pl.DataFrame) -> bytes:
    """The result of a lap table, in the timekeeper's columns."""
    last = laps.group_by("car").agg(
        pl.col("lap").max(),
        pl.col("elapsed_s").max(),
        pl.col("car_class").first(),
        pl.col("team").first(),
        pl.col("driver").unique().sort(),
        pl.col("manufacturer").first(),
    )
    rows = [RESULT_COLUMNS]
    for place, row in enumerate(last.sort(["lap", "elapsed_s"], descending=[True, False]).iter_rows(named=True), 1):
        total = row["elapsed_s"]
        clock = f"{int(total // 3600)}:{int(total % 3600 // 60):02d}:{total % 60:06.3f}"
        names = [name for name in row["driver"] if name][:2]
        crew = ";".join(f"{n.split()[0]};{' '.join(n.split()[1:])};Gold;;" for n in names)
        rows.append(
            f"{place};{row['car']};Classified;{row['lap']};{clock};-;-;1;1:50.000;190.0;{row['team']};"
            f"{row['car_class']};;;{row['manufacturer']} X;M;{crew};"
        )
    return ("\ufeff" + "\r\n".join(rows) + "\r\n").encode()


def al_kamel_event(
    site: Site,
    folder: Path,
    *,
    season: str,
    event: str,
    series: str,
    day: str = "20260321",
    words: str = "imsa",
    hours: int = 2,
    laps: pl.DataFrame | None = None,
    practice: pl.DataFrame | None = None,
    numbered: bool = True,
    top: str = "Results/",
) -> None:
    """One event with a practice and a race in hours, in the words of IMSA ("Time Cards") or the WEC ("Analysis")."""
    race = laps if laps is not None else make_race(cars=6, length_s=hours * 1200.0)
    length = float(race["elapsed_s"].max())  # type: ignore[arg-type]
    lap_word, result_word = ("Time Cards", "Results") if words == "imsa" else ("Analysis", "Classification")
    base = f"{top}{season}/{event}/{series}"
    practice = practice if practice is not None else make_race(cars=6, length_s=1200.0, seed=7)
    if words == "wec" and laps is None:
        renamed = pl.col("car_class").replace({"DPi": "HYPERCAR", "GTD": "LMGT3"})
        race, practice = race.with_columns(car_class=renamed), practice.with_columns(car_class=renamed)
    here = f"{base}/{day}0905_Practice 1"
    site.add(f"{here}/23_{lap_word}_Practice 1.CSV", lap_file(folder, practice))
    site.add(f"{here}/03_{result_word}_Practice 1.PDF", b"%PDF-1.4 no table")
    here = f"{base}/{day}1010_Race"
    for hour in range(1, hours + 1):
        inner = f"{here}/{hour:02d}_Hour {hour}" if numbered else f"{here}/Hour {hour}"
        until = length * hour / hours
        site.add(f"{inner}/23_{lap_word}_Race_Hour {hour}.CSV", lap_file(folder, race, until_s=until))
        site.add(
            f"{inner}/03_{result_word}_Race_Hour {hour}_Provisional.CSV", b"POSITION;NUMBER;STATUS;LAPS;CLASS;\r\n"
        )
        site.add(f"{inner}/03_{result_word}_Race_Hour {hour}.PDF", b"%PDF-1.4 no table")
        if hour == hours:
            site.add(f"{inner}/03_{result_word}_Race_Official.CSV", result_file(race))
            site.add(f"{inner}/03_{result_word}_Race_Official.JSON", b'{"session": {}, "classification": []}')
    site.add(f"{here}/26_Weather_Race.CSV", WEATHER)
    site.add(f"{top}{season}/{event}/00_Event Info/Entry List.PDF", b"%PDF-1.4 no table")


def select_pages(site: Site, seasons: dict[str, list[str]], *, top: str = "Results/", stale: str = "") -> None:
    """The pages with two selects that go with the files of the site; `stale` is the event shown whatever is asked."""

    def options(keys: list[str], chosen: str) -> str:
        marks = {chosen: " SELECTED"}
        return "".join(
            f'<option Value="{html.escape(k)}"{marks.get(k, "")}>{html.escape(k.partition("_")[2])}</option>\n'
            for k in keys
        )

    def page(season: str, event: str) -> str:
        links = "".join(
            f'<li><a HREF="{quote(name)}" target=_blank><img src=f.gif>{html.escape(name.rsplit("/", 1)[1])}</a>\n'
            for name in site.files
            if name.startswith(f"{top}{season}/{event}/")
        )
        return (
            f'<HTML><body><form><SELECT NAME="season" onchange=x()>{options(list(seasons), season)}</SELECT>'
            f'<select name="evvent">{options(seasons[season], event)}</select></form>'
            f'<div id="resultsTree"><ul>{links}</ul></div></body></html>'
        )

    current = list(seasons)[-1]
    site.pages[""] = page(current, seasons[current][-1])
    for season, events in seasons.items():
        site.pages[f"?season={season}"] = page(season, events[0])
        for event in events:
            site.pages[f"?season={season}&evvent={event}".replace(" ", "+")] = page(season, stale or event)


def swiss_documents(site: Site) -> None:
    """A season of three meetings in the Swiss Timing cache, one of them run."""

    def put(key: str, full: dict[str, object]) -> None:
        site.add(f"{key}.json", json.dumps({"uid": 1, "hash": "x", "content": {"full": full}}))

    cup, other = "GTWorldChEU pwrd by AWS Endurance Cup", "GT4 Series"
    put("SRO_SEASONS_JSON", {"CurrentSeason": "2026", "AllSeasons": ["2026"]})
    meeting, later, prologue = "aa-11", "bb-22", "cc-33"
    series = {"s1": cup, "s2": other}

    def run(key: str, name: str, days: tuple[str, str], track: str, raced: bool = True) -> dict[str, object]:
        first, last = (f"{day}.2026" for day in days)
        told = {"Id": key, "ListIndex": 0, "State": 2, "Name": name, "BeginDate": first, "EndDate": last}
        return {**told, "TrackName": track, "Series": series if raced else {}}

    def unit(key: str, name: str, competition: str, begin: str) -> dict[str, object]:
        began = {"BeginTime": f"{begin}:00"} if begin else {}
        return {"Id": key, "Name": name, "CompetitionId": competition, "State": 2 if begin else 0, **began}

    put("SRO_2026_SEASON_JSON", {"Meetings": {
        prologue: run(prologue, "24 Hours of Spa - Prologue", ("19.05", "20.05"), "Spa GT3"),
        meeting: run(meeting, "24 Hours of Spa Round 4", ("24.06", "28.06"), "Spa GT3"),
        later: run(later, "Endurance Cup Round 7", ("28.08", "30.08"), "Nuerburgring", raced=False),
    }})  # fmt: skip
    competitions = {"c1": {"Id": "c1", "Name": cup}, "c2": {"Id": "c2", "Name": other}}
    put("SRO_2026_SCHEDULE_AA-11_JSON", {"Competitions": competitions, "Units": {
        "u-1": unit("u-1", "Race", "c1", "27.06.2026 16:30"),
        "u-2": unit("u-2", "Race 1", "c2", "27.06.2026 11:30"),
        "u-3": unit("u-3", "Podium", "c1", ""),
    }})  # fmt: skip
    put("SRO_2026_SCHEDULE_BB-22_JSON", {"Competitions": {}, "Units": {}})
    put("SRO_2026_SCHEDULE_CC-33_JSON", {"Competitions": competitions, "Units": {
        "u-9": unit("u-9", "Paid Test Session", "c1", "19.05.2026 10:00"),
    }})  # fmt: skip
    for key in ("U-1", "U-9"):
        put(f"SRO_2026_TIMING_{key}_JSON", {"UnitId": key, "UntInfo": {}, "Results": {}})
        put(f"SRO_2026_COMP_DETAIL_{key}_JSON", {"UnitId": key, "Competitors": {}, "Classes": {}})


NLS_FILE = "NÜRBURGRING_LANGSTRECKEN-SERIE$RENNEN$RENNEN_SEKTORZEITEN.CSV"


def nls_pages(site: Site, *, linked: bool = True) -> None:
    """The participants' pages with one race day; without `linked` its page names no file."""
    day = "2026-06-20"
    site.pages[""] = (
        f'<html><body><a href="onb.php?d={day}">1. ADAC Eifel-Trophy</a>'
        '<a href="onb.php?d=2026-09-12">NLS 8</a><a href="formulare.php?d=Bulletins">Bulletins</a></body></html>'
    )
    links = (
        f'<a href="download.php?file=onb/{day}/NLS4_Rennen_Gesamtergebnis_offiziell.pdf">Ergebnis</a>'
        f'<a href="download.php?file=onb/{day}/{NLS_FILE}">Sektorzeiten</a>'
    )
    site.pages[f"onb.php?d={day}"] = f"<html><h5>Ergebnisse</h5>{links if linked else ''}</html>"
    rows = "STNR;KLASSE;RUNDE_NR;RUNDENZEIT;FAHRER1_NAME\r\n" + "1;SP9;1;8:30.000;Müller\r\n" * 200
    site.files[f"download/onb/{day}/{NLS_FILE}"] = rows.encode("cp1252")
