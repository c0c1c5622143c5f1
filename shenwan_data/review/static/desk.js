// What a page of the desk does beyond links and forms: panels without a reload, keys, files, progress.
"use strict";
const $ = (query, within = document) => within.querySelector(query);
const all = (query, within = document) => [...within.querySelectorAll(query)];
// Says that the desk has ended, and tries nothing more; undefined where it does not answer.
async function ask(address, options) {
  try {
    const answer = await fetch(address, options);
    $("#gone").hidden = true;
    return answer;
  } catch {
    $("#gone").hidden = false;
    return undefined;
  }
}

function marked(key) {
  for (const link of all("[aria-current][data-key]")) link.removeAttribute("aria-current");
  for (const link of all(`[data-key="${CSS.escape(key)}"]:not([rel])`)) link.setAttribute("aria-current", "true");
}
function shown(scroll) {
  const line = $("#list [aria-current]"), figure = $(".text .f[aria-current]");
  if (line) line.scrollIntoView({ block: "nearest" });
  if (figure && scroll) figure.scrollIntoView({ block: "center" });
}
async function open(key, focus) {
  const answer = await ask(`${location.pathname}/item/${encodeURIComponent(key)}`);
  if (!answer) return;
  if (!answer.ok) { location.assign(`?at=${encodeURIComponent(key)}`); return; }
  $("#panel").innerHTML = await answer.text();
  $("#panel").scrollTop = 0;
  marked(key);
  const address = new URL(location.href);
  address.searchParams.set("at", key);
  address.searchParams.delete("said");
  history.replaceState(null, "", address);
  shown(!focus);
  if (focus) $("#panel-title").focus();
}
async function submitted(form, button) {
  const fields = new URLSearchParams(new FormData(form, button));
  const address = new URL(location.href);
  if (!fields.has("show")) fields.set("show", address.searchParams.get("show") || "all");
  const kept = [[".text", 0], ["#list", 0]].map(([query]) => [query, $(query) ? $(query).scrollTop : 0]);
  const answer = await ask(form.getAttribute("action"), { method: "POST", body: fields });
  if (!answer) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!$("#main", page)) { location.reload(); return; }
  $("#main").replaceWith(document.adoptNode($("#main", page)));
  $("#said").textContent = $("#said", page).textContent;
  if (answer.ok) history.replaceState(null, "", answer.url);
  for (const [query, top] of kept) if ($(query)) $(query).scrollTop = top;
  shown(true);
  const title = $("#panel-title") || $("#main");
  title.focus({ preventScroll: true });
}
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-key]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open(link.dataset.key, link.closest("#panel") !== null);
});
document.addEventListener("submit", (event) => {
  const form = event.target, button = event.submitter;
  if (!document.body.classList.contains("working")) return;
  const why = $("[name=why]", form);
  if (button && button.hasAttribute("data-why") && why && !why.value.trim()) {
    event.preventDefault();
    why.required = true;
    why.reportValidity();
    why.required = false;
    return;
  }
  event.preventDefault();
  submitted(form, button);
});
document.addEventListener("keydown", (event) => {
  const field = event.target.closest("input, select, textarea");
  if (event.ctrlKey || event.metaKey || event.altKey || !document.body.classList.contains("working")) return;
  if (field) {
    if (event.key === "Escape") $("#panel-title").focus();
    if (event.key === "Enter" && field.id === "value") $('#panel [value="value"]').click();
    if (event.key === "Enter" && field.id === "word") $('#panel [value="word"]').click();
    if (event.key === "Enter" && field.id === "indicator") $('#panel [value="assign"]').click();
    return;
  }
  const pressed = event.key.toLowerCase();
  const press = (query) => { const found = $(query); if (found && !found.disabled) { event.preventDefault(); found.click(); } };
  const enter = (query) => { const found = $(query); if (found) { event.preventDefault(); found.focus(); } };
  if (pressed === "j") press('#panel a[rel="next"]');
  else if (pressed === "k") press('#panel a[rel="prev"]');
  else if (pressed === "u") press("#undo");
  else if (pressed === "i") enter("#indicator");
  else if (pressed === "v") enter("#value");
  else if (pressed === "m") enter("#word");
  else if (pressed === "w") enter("#why");
  else if (/^[1-9]$/.test(pressed)) press(`#panel [data-nr="${pressed}"]`);
  else if (/^[cnsr]$/.test(pressed)) press(`#panel [data-hot="${pressed}"]`);
});

const drop = $("#drop");
if (drop) {
  const send = async (files) => {
    const refused = [];
    for (const file of files) {
      const answer = await ask(drop.dataset.to, { method: "POST", body: file, headers: { "x-csrf": drop.dataset.csrf, "x-name": encodeURIComponent(file.name) } });
      if (!answer) return;
      if (!answer.ok) refused.push(`${file.name}: ${await answer.text()}`);
    }
    if (!refused.length) { location.assign(location.pathname); return; }
    const list = $("#refused");
    list.replaceChildren(...refused.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
    list.hidden = false;
  };
  // A folder that is dropped gives its files one level or many below.
  const inside = async (entry) => {
    if (entry.isFile) return [await new Promise((done) => entry.file(done))];
    const reader = entry.createReader(), found = [];
    for (;;) {
      const some = await new Promise((done) => reader.readEntries(done));
      if (!some.length) return found;
      for (const one of some) found.push(...await inside(one));
    }
  };
  const reports = (files) => [...files].filter((file) => /\.(html?|docx|pdf|txt)$/i.test(file.name) && !/^[.~]/.test(file.name));
  drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", async (event) => {
    event.preventDefault();
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
    if (!entries.some((entry) => entry.isDirectory)) { send(event.dataTransfer.files); return; }
    const files = [];
    for (const entry of entries) files.push(...await inside(entry));
    send(reports(files));
  });
  $("#folder").addEventListener("change", (event) => send(reports(event.target.files)));
  $("input", drop).addEventListener("change", (event) => send(event.target.files));
}

const job = $("#job");
async function follow() {
  const answer = await ask(job.dataset.from);
  if (!answer) return;
  job.innerHTML = await answer.text();
  if ($("[data-running='1']", job)) setTimeout(follow, 700);
  else location.reload();
}
if (job && $("[data-running='1']", job)) setTimeout(follow, 500);
shown(true);
