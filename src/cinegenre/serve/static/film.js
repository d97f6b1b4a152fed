// The form for one film: its fields, a switch for each, and what is sent.

import { byId, el } from "./dom.js";
import { chips } from "./chips.js";
import { listenForPictures, posterField } from "./poster.js";

export const FIELDS = ["title", "overview", "companies", "people", "poster"];

/** Wires the form. `changed({now})` is called for every change; with `now` no more typing is expected. */
export function filmForm(changed) {
  const typing = () => changed({ now: false });
  const title = byId("title");
  const overview = byId("overview");
  const companies = chips(byId("companies"), typing);
  const people = chips(byId("people"), typing);
  const poster = posterField(() => changed({ now: true }), (text) => fault("poster", text));
  const boxes = Object.fromEntries(FIELDS.map((field) => [field, document.querySelector(`[data-field="${field}"]`)]));
  const switches = Object.fromEntries(FIELDS.map((field) => [field, makeSwitch(field)]));
  let readable = null; // the fields that the model reads, once known
  let most = null;

  title.addEventListener("input", typing);
  overview.addEventListener("input", () => { count(); typing(); });
  byId("clear").addEventListener("click", () => { set({}); title.focus(); });
  listenForPictures(poster, () => !byId("panel-film").hidden && !document.querySelector("dialog[open]"));

  function makeSwitch(field) {
    const box = el("input", { type: "checkbox", role: "switch", id: `use-${field}`, "aria-label": `Use the ${field}` });
    box.checked = true;
    const label = el("label", { class: "switch", hidden: true }, el("span", { "aria-hidden": "true" }, "Use"), box);
    boxes[field].querySelector(".label-row").append(label);
    box.addEventListener("change", () => changed({ now: true }));
    return { box, label };
  }

  function values() {
    return { title: title.value, overview: overview.value, companies: companies.value, people: people.value, poster: poster.value };
  }

  /** Filled fields that the model reads. */
  function filled() {
    const all = values();
    return FIELDS.filter((field) => {
      const value = all[field];
      const some = typeof value === "string" ? value.trim() !== "" : Array.isArray(value) ? value.length > 0 : Boolean(value);
      return some && (readable === null || readable.includes(field));
    });
  }

  /** The request body for `fields`. */
  function body(fields) {
    const all = values();
    return Object.fromEntries(fields.map((field) => [field, field === "poster" ? all.poster.base64 : all[field]]));
  }

  /** A short key of what `body` would send, to find a cached answer. */
  function key(fields) {
    const all = values();
    return JSON.stringify(fields.map((field) => [field, field === "poster" ? all.poster.number : all[field]]));
  }

  /** Puts a film into the form; `poster` is a file. */
  function set(film) {
    for (const field of FIELDS) switches[field].box.checked = true;
    title.value = film.title ?? "";
    overview.value = film.overview ?? "";
    companies.value = film.companies ?? [];
    people.value = film.people ?? [];
    count();
    if (film.poster) poster.take(film.poster);
    else poster.clear();
  }

  function count() {
    const length = [...overview.value].length;
    const near = most !== null && length > most * 0.8;
    byId("overview-count").textContent = near ? `${length.toLocaleString("en")} of ${most.toLocaleString("en")} characters` : "";
  }

  /** Shows at a field what is wrong with it; an empty text removes that. */
  function fault(field, text) {
    const control = field === "poster" ? byId("drop") : byId(field);
    byId(`${field}-error`).textContent = text;
    if (text && field !== "poster") control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
    boxes[field].classList.toggle("wrong", Boolean(text));
  }

  return {
    body, key, filled, fault, set,
    get poster() { return poster.value; },
    values,
    /** Fields that are filled and switched on; shows the switches of those filled. */
    used() {
      const has = filled();
      for (const field of FIELDS) {
        switches[field].label.hidden = !has.includes(field);
        boxes[field].classList.toggle("off", has.includes(field) && !switches[field].box.checked);
      }
      return has.filter((field) => switches[field].box.checked);
    },
    clearFaults() { for (const field of FIELDS) fault(field, ""); },
    /** What the model reads, and the service's limits. */
    limit(model) {
      readable = model.inputs;
      most = model.limits.text_characters;
      poster.limit(model.limits.body_bytes);
      for (const field of FIELDS) boxes[field].hidden = !readable.includes(field);
    },
  };
}
