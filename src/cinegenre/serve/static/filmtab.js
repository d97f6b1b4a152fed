// The tab for one film: the form sends requests, the bars and the panel show the answers.

import { answer, newest } from "./ask.js";
import { bars } from "./bars.js";
import { asJson, asNfo, copy } from "./copy.js";
import { byId } from "./dom.js";
import { shelf } from "./examples.js";
import { faults } from "./faults.js";
import { FIELDS, filmForm } from "./film.js";
import { whyPanel } from "./why.js";
import { listed, sentence } from "./words.js";

const TYPING = 300; // milliseconds without a key before the model is asked
const WHY = 800; // and before the hundred looks of an explanation; only the newest is worth its time

/** Wires the tab. Call its `ready(model)` with the service's model once it is known. */
export function filmTab() {
  const predicting = newest();
  const explaining = newest();
  const form = filmForm(({ now }) => changed(now ? 0 : TYPING));
  const banner = faults(byId("banner"), form, () => changed(0));
  const chart = bars(byId("bars"), (genre) => (opened === genre ? closeWhy() : openWhy(genre)));
  const panel = whyPanel(byId("why"), openWhy, closeWhy);
  const anyLanguage = byId("any-language");
  let result = null;
  let opened = null; // the genre whose reasons are shown

  const question = (fields) => ({ ...form.body(fields), ...(anyLanguage.checked ? { any_language: true } : {}) });
  const keyOf = (fields) => `${anyLanguage.checked} ${form.key(fields)}`;

  function changed(after) {
    const used = form.used();
    busy(used.length > 0);
    if (opened) panel.wait(opened);
    predicting.ask((signal) => predict(used, signal), after);
  }

  async function predict(used, signal) {
    const filled = form.filled();
    if (!used.length) return nothing(filled.length > 0);
    try {
      const ask = (fields) => answer("v1/predict", keyOf(fields), question(fields), signal);
      const without = filled.filter((field) => !used.includes(field));
      const [now, before] = await Promise.all([ask(used), without.length ? ask(filled) : null]);
      result = now;
      show(now, before, without);
      if (opened) explain(WHY);
    } catch (error) {
      if (signal.aborted) return;
      failed(error);
    }
    busy(false);
  }

  function show(now, before, without) {
    banner.clear();
    for (const field of FIELDS) form.fault(field, "");
    byId("bars").classList.remove("stale");
    byId("empty").hidden = true;
    byId("copies").hidden = false;
    chart.show(now, before, without);
    chart.open(opened);
    const decided = now.genres.length ? listed(now.genres) : "No genre is decided";
    const spoken = now.language ? ` (in ${now.language})` : "";
    say(`${decided}, from ${listed(now.inputs)}${spoken}${without.length ? `, without ${listed(without)}` : ""}.`);
    peek(now.genres.length ? listed(now.genres) : "No genre is decided");
    byId("note").hidden = !now.note && !anyLanguage.checked;
    byId("note-text").textContent = now.note ? sentence(now.note) : "";
  }

  function nothing(off) {
    result = null;
    chart.clear();
    closeWhy(false);
    banner.clear();
    for (const field of FIELDS) if (field !== "poster") form.fault(field, "");
    anyLanguage.checked = false;
    for (const id of ["copies", "note"]) byId(id).hidden = true;
    byId("empty").hidden = false;
    byId("empty").textContent = off
      ? "Every input is switched off. Switch one on, and the genres appear here."
      : "Add a poster, a title or an overview, and the genres appear here as you type.";
    say("");
    peek("");
    busy(false);
  }

  function failed(error) {
    for (const field of FIELDS) form.fault(field, "");
    byId("bars").classList.add("stale");
    byId("copies").hidden = true;
    byId("empty").hidden = result !== null;
    say("");
    peek("");
    banner.show(error);
  }

  function openWhy(genre) {
    const first = opened === null;
    opened = genre;
    chart.open(genre);
    panel.wait(genre);
    explain(0);
    if (first) byId("why").scrollIntoView({ block: "nearest" });
  }

  function closeWhy(focus = true) {
    const was = opened;
    opened = null;
    explaining.stop();
    byId("why").hidden = true;
    chart.open(null);
    if (focus && was) chart.focus(was);
  }

  function explain(after, told = false) {
    const used = form.used();
    const { poster } = form;
    const film = form.values();
    const genre = opened;
    // Explaining all genres takes no longer than one. If the browser cannot show the poster, the
    // service draws the picture, and then for this genre alone.
    const blind = used.includes("poster") && !poster.url;
    const wanted = blind ? { genres: [genre], heat_map: true } : { genres: Object.keys(result.scores) };
    if (!told) panel.wait(genre);
    explaining.ask(async (signal) => {
      try {
        const key = `${keyOf(used)} ${blind ? genre : ""}`;
        panel.show(genre, await answer("v1/explain", key, { ...question(used), ...wanted }, signal), film, poster);
      } catch (error) {
        if (signal.aborted) return;
        panel.fail(genre, error.told ?? String(error));
        if (error.status === 429) explain((error.retryAfter ?? 2) * 1000, true);
      }
    }, after);
  }

  function say(text) {
    if (byId("summary").textContent !== text) byId("summary").textContent = text;
  }

  function peek(text) {
    byId("peek").textContent = text && `${text} ↓`;
    byId("peek").hidden = !text || seen;
  }

  const busy = (on) => {
    byId("busy").hidden = !on;
    byId("results").setAttribute("aria-busy", String(on));
  };
  const told = async (button, text) => {
    const before = button.dataset.name ??= button.textContent;
    const done = await copy(text);
    byId("copied").textContent = done ? "Copied." : "The browser did not allow copying.";
    button.textContent = done ? "Copied ✓" : "Not copied";
    setTimeout(() => {
      button.textContent = before;
      byId("copied").textContent = "";
    }, 1500);
  };

  let seen = false;
  new IntersectionObserver(([entry]) => {
    seen = entry.isIntersecting;
    byId("peek").hidden = seen || !byId("peek").textContent;
  }, { rootMargin: "0px 0px -40% 0px" }).observe(byId("results"));
  anyLanguage.addEventListener("change", () => changed(0));
  byId("copy-json").addEventListener("click", (event) => told(event.currentTarget, asJson(result)));
  byId("copy-nfo").addEventListener("click", (event) => told(event.currentTarget, asNfo(result)));
  shelf(byId("examples"), (film) => {
    closeWhy(false);
    anyLanguage.checked = false;
    form.set(film);
  });

  return { ready: form.limit };
}
