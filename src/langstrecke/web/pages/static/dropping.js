// Files and whole folders, dropped or chosen: sent one by one to the API, each under its path in the folder.
Object.assign(window.pw, (() => {
  const HIDDEN = /(^|\/)(\.|Thumbs\.db$|desktop\.ini$)/;
  const NAME = 300;

  async function walk(entry, above, found) {
    if (entry.isFile) {
      found.push([above + entry.name, await new Promise((ok, no) => entry.file(ok, no))]);
      return;
    }
    const reader = entry.createReader();
    for (;;) {  // a reader hands out a hundred at a time
      const some = await new Promise((ok, no) => reader.readEntries(ok, no));
      if (!some.length) return;
      for (const one of some) await walk(one, above + entry.name + "/", found);
    }
  }
  async function dropped(zone, event) {
    event.preventDefault();
    zone.classList.remove("over");
    const found = [];
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
    for (const entry of entries) await walk(entry, "", found);
    await send(zone, found);
  }
  async function chosen(zone, input) {
    const found = [...input.files].map((file) => [file.webkitRelativePath || file.name, file]);
    input.value = "";
    await send(zone, found);
  }
  async function send(zone, found) {
    const files = found.filter(([path]) => !HIDDEN.test(path));
    const limit = Number(zone.dataset.limit), told = zone.querySelector("[role=status]");
    const sent = [], refused = [];
    for (const [n, [path, file]] of files.entries()) {
      told.textContent = `Sending ${n + 1} of ${files.length}: ${path}`;
      if (file.size > limit) { refused.push({ name: path, what: `is longer than ${limit / 2 ** 20} MiB` }); continue; }
      try {
        const url = `${window.path_prefix ?? ""}/api/v1/uploads?name=${encodeURIComponent(path.slice(-NAME))}`;
        const answer = await fetch(url, { method: "POST", body: file });
        const said = await answer.json();
        if (answer.ok) sent.push(said); else refused.push({ name: path, what: said.error.what, hint: said.error.do });
      } catch { refused.push({ name: path, what: "could not be sent" }); }
    }
    told.textContent = files.length ? "" : "There is no file in it.";
    if (files.length) emitEvent("pw_sent", { sent, refused });
  }
  function dropzone(zone) {
    zone.addEventListener("dragover", (e) => { e.preventDefault(); zone.classList.add("over"); });
    zone.addEventListener("dragleave", () => zone.classList.remove("over"));
    zone.addEventListener("drop", (e) => dropped(zone, e));
    for (const input of zone.querySelectorAll("input[type=file]"))
      input.addEventListener("change", () => chosen(zone, input));
  }
  // A zone is dressed when it comes onto the page.
  new MutationObserver(() => {
    for (const zone of document.querySelectorAll(".pw-drop:not([data-ready])")) { zone.dataset.ready = "1"; dropzone(zone); }
  }).observe(document.documentElement, { childList: true, subtree: true });
  const choose = (button, kind) => button.closest(".pw-drop").querySelector(`input[data-kind=${kind}]`).click();
  return { choose };
})());
