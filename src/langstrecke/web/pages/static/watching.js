// Watching a race: held back to match a picture on television, pinned cars, columns, and what happened meanwhile.
Object.assign(window.pw, (() => {
  // What the race says waits its turn: `delay` seconds, so that the pages show what a broadcast shows.
  let delay = 0;
  const waiting = [];
  const run = () => {
    const now = Date.now();
    while (waiting.length && waiting[0].at + 1000 * delay <= now) { const next = waiting.shift(); next.act(...next.told); }
  };
  const later = (act) => (...told) => {
    if (!delay && !waiting.length) act(...told); else { waiting.push({ at: Date.now(), act, told }); run(); }
  };
  setInterval(run, 250);
  const held = {};
  for (const name of ["rows", "reset", "lines", "strip", "flag", "replay"]) held[name] = later(pw[name]);
  function setDelay(seconds) {
    delay = Number(seconds) || 0;
    const told = document.querySelector("[data-live=delayed]");
    if (told) told.textContent = delay ? delay + " s behind" : "";
    run();
  }

  // Pinned cars stand above the others, whatever the table is sorted by.
  const PINS = "langstrecke-pins";
  const pins = new Set((pw.read(PINS) || "").split(",").filter(Boolean));
  const gridApi = () => { const el = document.querySelector("[data-live=table]"); try { return el && getElement(Number(el.id.slice(1))).api; } catch { return undefined; } };
  function pin(car) {
    if (pins.has(car)) pins.delete(car); else pins.add(car);
    pw.write(PINS, [...pins].join(","));
    const api = gridApi();
    if (api) { api.refreshClientSideRowModel("sort"); api.redrawRows(); }
  }
  const pinFirst = ({ nodes }) => {
    const own = nodes.filter((n) => pins.has(n.data.id));
    if (own.length) nodes.splice(0, nodes.length, ...own, ...nodes.filter((n) => !pins.has(n.data.id)));
  };

  // Columns: what a narrow page has no room for is left out; what a person chose is kept.
  const COLUMNS = "langstrecke-columns";
  const kept = () => { try { return JSON.parse(pw.read(COLUMNS) || "{}"); } catch { return {}; } };
  const NARROW = ["car_class", "pic", "net", "driver", "left", "laps", "s1", "s2", "s3", "stint", "fuel", "stops", "best", "stint_m", "stop_s", "team"];
  function fit(api, width) {
    const narrow = width < 560, chosen = kept();
    if (api.pwNarrow === narrow && api.pwFitted) return;
    api.pwNarrow = narrow; api.pwFitted = true;
    const hidden = NARROW.filter((c) => (narrow ? true : chosen[c] === false));
    setTimeout(() => {
      if (api.isDestroyed()) return;
      api.applyColumnState({ state: NARROW.map((c) => ({ colId: c, hide: hidden.includes(c) })) });
    }, 0);
  }
  function column(name, on) {
    const chosen = kept(); chosen[name] = on; pw.write(COLUMNS, JSON.stringify(chosen));
    const api = gridApi();
    if (api) api.setColumnsVisible([name], on);
  }

  // Who comes back to the page is told what happened meanwhile.
  const LONG_MS = 60000;
  let gone = 0;
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) gone = Date.now();
    else if (gone && Date.now() - gone >= LONG_MS) { emitEvent("pw_back", { seconds: Math.round((Date.now() - gone) / 1000) }); gone = 0; }
  });
  return { ...held, setDelay, pins, pin, pinFirst, fit, column };
})());
