// The pages' own script: theme, charts in its colours, keys, notifications, highlights. Loads nothing.
window.pw = (() => {
  const KEY = "langstrecke-theme";
  const read = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const write = (key, value) => { try { localStorage.setItem(key, value); } catch { /* a private window forgets */ } };
  // What a tab has chosen is its own; a new tab begins with what was chosen last.
  const own = (key) => { try { return sessionStorage.getItem(key) ?? read(key); } catch { return read(key); } };
  const keep = (key, value) => { write(key, value); try { sessionStorage.setItem(key, value); } catch { /* the same */ } };
  const isDark = () => document.body.classList.contains("body--dark");
  const chartOf = (el) => { try { return getElement(Number(el.id.slice(1))).chart; } catch { return undefined; } };

  function themed(el, tries = 80) {
    const chart = chartOf(el);
    if (!chart && !isDark() && !el.dataset.theme) return;
    if (!chart) { if (tries > 0 && el.isConnected) setTimeout(() => themed(el, tries - 1), 25); return; }
    const name = isDark() ? "dark" : "light";
    if ((el.dataset.theme ?? "light") === name) return;
    el.dataset.theme = name;
    chart.setTheme(window.PW_THEMES[name]);
  }
  const allCharts = () => document.querySelectorAll(".nicegui-echart").forEach((el) => themed(el));

  function setTheme(choice) {
    write(KEY, choice);
    Quasar.Dark.set(choice === "auto" ? "auto" : choice === "dark");
    const meta = document.getElementById("nicegui-color-scheme");
    if (meta) meta.content = isDark() ? "dark" : "light";
  }
  const switchTheme = () => setTheme(isDark() ? "light" : "dark");

  function start() {
    const kept = read(KEY);
    if (kept === "dark" || kept === "light") setTheme(kept);
    new MutationObserver(allCharts).observe(document.body, { attributes: true, attributeFilter: ["class"] });
    new MutationObserver((changes) => {
      for (const change of changes) for (const node of change.addedNodes) {
        if (node.nodeType !== 1) continue;
        if (node.classList.contains("nicegui-echart")) themed(node);
        else node.querySelectorAll?.(".nicegui-echart").forEach((el) => themed(el));
      }
    }).observe(document.body, { childList: true, subtree: true });
    allCharts();
  }
  // Quasar stands ready once the app is mounted, which is before the first element of ours.
  const wait = () => (window.Quasar && document.querySelector(".pw-top") ? start() : setTimeout(wait, 15));
  wait();

  document.addEventListener("keydown", (e) => {
    const field = e.target.closest?.("input, textarea, select, button, [contenteditable], .ag-root, .q-slider");
    if (e.altKey && e.key >= "1" && e.key <= "9") {
      const link = document.querySelectorAll(".pw-nav a")[Number(e.key) - 1];
      if (link) { e.preventDefault(); link.click(); }
    } else if (e.key === " " && !field) {
      const button = document.querySelector(".pw-play");
      if (button) { e.preventDefault(); button.click(); }
    }
  });

  document.addEventListener("click", (e) => {
    const claim = e.target.closest?.("[data-claim]");
    if (claim) spot(claim.dataset.claim.split(" ")[0]);
  });

  function notify(title, body, tag) {
    if ("Notification" in window && Notification.permission === "granted" && document.hidden)
      new Notification(title, { body, tag });
  }
  const consent = async () => ("Notification" in window ? await Notification.requestPermission() : "denied");

  // One claim, one sentence: light it up and bring it into sight.
  function spot(id) {
    document.querySelectorAll(".article mark, .claim").forEach((el) => el.classList.remove("on"));
    document.querySelectorAll(`[data-claim~="${CSS.escape(id)}"]`).forEach((el) => el.classList.add("on"));
    document.querySelector(`.article mark[data-claim~="${CSS.escape(id)}"]`)?.scrollIntoView({ block: "nearest" });
  }

  // The class a grid shows; rows of other classes stay in it, so that every viewer gets the same rows.
  const filters = {};
  function filter(grid, name) {
    filters[grid] = name;
    const el = document.querySelector(`[data-grid="${grid}"]`);
    const api = el && getElement(Number(el.id.slice(1))).api;
    if (api) api.onFilterChanged();
  }

  const active = (path) => document.querySelectorAll(".pw-nav a").forEach((a) => {
    if (a.getAttribute("href") === path) a.setAttribute("aria-current", "page"); else a.removeAttribute("aria-current");
  });
  return { switchTheme, setTheme, notify, consent, spot, filter, filters, read, write, own, keep, active };
})();

// Live parts: the same few calls go to every viewer.
Object.assign(window.pw, (() => {
  const element = (name) => document.querySelector(`[data-live="${name}"]`);
  const component = (el) => { try { return el && getElement(Number(el.id.slice(1))); } catch { return undefined; } };

  // A grid or chart is there some time after its element is: what comes meanwhile waits its turn.
  function when(name, ready, act, tries = 100) {
    const el = element(name);
    if (!el) return;
    (el.pwQueue ??= []).push(act);
    const drain = (left) => {
      const it = ready(component(el));
      if (it) { while (el.pwQueue.length) el.pwQueue.shift()(it, el); el.pwWaits = false; }
      else if (left > 0 && el.isConnected) { el.pwWaits = true; setTimeout(() => drain(left - 1), 50); }
    };
    if (!el.pwWaits) drain(tries);
  }
  const gridOf = (c) => (c?.api && !c.api.isDestroyed() ? c.api : null);
  const chartIn = (c) => ((c?.chart?.getModel ? c.chart.getModel() : c?.chart?.getOption()) ? c.chart : null);

  // Rows of the timing table: fields that changed, by id.
  const rows = (patches) => when("table", gridOf, (api) => {
    const update = [], add = [];
    for (const patch of patches) {
      const node = api.getRowNode(patch.id);
      if (node) update.push({ ...node.data, ...patch }); else if (patch.car) add.push(patch);
    }
    if (update.length || add.length) api.applyTransaction({ update, add });
  });
  const reset = (all) => when("table", gridOf, (api) => api.setGridOption("rowData", all));
  // Which class the table shows; the gap is to the leader of what is in sight.
  function show(name) {
    pw.filters.race = name;
    when("table", gridOf, (api) => {
      api.setColumnsVisible(["gap"], !!name);
      api.setColumnsVisible(["ogap"], !name);
      api.onFilterChanged();
    });
  }

  // Lines of a chart: whole, or the points to be added.
  const lines = (name, group, whole, points, more) => when(name, chartIn, (chart, el) => {
    if (el.dataset.group !== group) return;
    const have = new Map(chart.getOption().series.map((s) => [s.id, s.data]));
    const series = [];
    for (const [id, added] of Object.entries(points))
      if (have.has(id)) series.push({ id, data: whole ? added : have.get(id).concat(added) });
    const { wash, ...axes } = more ?? {};
    if (wash && have.has("wash")) series.push({ id: "wash", markArea: wash });
    chart.setOption({ series, ...axes });
  });
  const select = (names, cars, on) => names.forEach((name) => when(name, chartIn, (chart) => {
    for (const car of cars) chart.dispatchAction({ type: on ? "legendSelect" : "legendUnSelect", name: car });
  }));

  // The strip at the top: words in their places.
  function strip(words) {
    for (const [name, word] of Object.entries(words)) {
      const el = element(name);
      if (el && el.textContent !== word) el.textContent = word;
    }
  }
  function flag(name, words) {
    const band = document.querySelector(".pw-strip");
    if (band) band.className = band.className.replace(/\bband-\w+/g, "").trim() + " band-" + name;
    const el = element("flag");
    if (!el) return;
    el.className = el.className.replace(/\bflag-\w+/g, "").trim() + " flag-" + name;
    el.textContent = words;
  }
  // The replay's slider and its button, unless somebody has hold of the slider.
  function replay(at, paused) {
    const slider = element("seek");
    if (slider && document.activeElement !== slider) slider.value = at;
    const button = element("play");
    if (button) {
      const word = paused ? "play_arrow" : "pause", icon = button.querySelector(".q-icon");
      if (icon && icon.textContent !== word) {
        icon.textContent = word;
        button.setAttribute("aria-label", paused ? "Play" : "Pause");
      }
    }
  }
  // What is to be done to a part that is drawn only after the script has come.
  function once(name, act, tries = 100) {
    if (element(name)) act(); else if (tries > 0) setTimeout(() => once(name, act, tries - 1), 50);
  }
  return { rows, reset, show, lines, select, strip, flag, replay, once };
})());
window.pw_text = (s) => String(s).replace(/[&<>"']/g, (c) => "&#" + c.charCodeAt(0) + ";");

// How charts draw and tell: shared by all of them, so that their options stay plain data.
Object.assign(window, (() => {
  const ends = (api) => [api.coord([api.value(1), api.value(0)]), api.coord([api.value(2), api.value(0)])];
  // A bar from value 1 to value 2 in row value 0.
  const pw_bar = (height, least) => (_, api) => {
    const [a, b] = ends(api);
    const shape = { x: a[0], y: a[1] - height / 2, width: Math.max(least, b[0] - a[0]), height, r: height > 12 ? 2 : 0 };
    return { type: "rect", shape, style: api.style() };
  };
  // The middle part of a distribution, as a line.
  const pw_whisker = (_, api) => {
    const y = api.coord([0, api.value(0)])[1], x1 = api.coord([api.value(1), 0])[0], x2 = api.coord([api.value(2), 0])[0];
    const style = { stroke: api.visual("color"), lineWidth: 3, lineCap: "round", opacity: 0.5 };
    return { type: "line", shape: { x1, y1: y, x2, y2: y }, style };
  };
  // A stint with its laps (value 3), a tick before it where tyres are new (value 4).
  const pw_stint = (_, api) => {
    const [a, b] = ends(api), width = Math.max(2, b[0] - a[0] - 1.5), x = a[0], y = a[1];
    const text = { text: width > 20 ? String(api.value(3)) : "", x: x + width / 2, y, fill: "#fff",
      font: "600 11px sans-serif", align: "center", verticalAlign: "middle" };
    return { type: "group", children: [
      { type: "rect", shape: { x, y: y - 10, width, height: 20, r: 2 }, style: { fill: api.visual("color") } },
      { type: "text", silent: true, style: text },
      { type: "rect", silent: true, style: { fill: "#8c96a3" },
        shape: { x: x - 1, y: y - 14, width: api.value(4) ? 2 : 0, height: 28 } },
    ] };
  };
  const list = (points, order, words) =>
    points.slice().sort(order).map((p) => "<br>" + p.marker + words(p, pw_text(p.seriesName), p.value[1])).join("");
  const up = (a, b) => a.value[1] - b.value[1], down = (a, b) => b.value[1] - a.value[1];
  const at = (points) => pw_hms(3600 * points[0].value[0]);
  const gap = (s) => (s ? (s > 0 ? "+" : "−") + Math.abs(s).toFixed(1) + " s" : "leads");
  const pw_tip_gap = (ps) => (ps.length ? at(ps) + list(ps, up, (p, car, s) => "#" + car + " " + gap(s)) : "");
  const pw_tip_place = (ps) =>
    (ps.length ? "Lap " + ps[0].value[0] + list(ps, up, (p, car, place) => "P" + place + " #" + car) : "");
  const pw_tip_odds = (ps) =>
    (ps.length ? at(ps) + list(ps.filter((p) => p.value[1] >= 0.002), down, (p, car, x) => "#" + car + " " + pw_pct(x) + " %") : "");
  return { pw_bar, pw_whisker, pw_stint, pw_tip_gap, pw_tip_place, pw_tip_odds };
})());
