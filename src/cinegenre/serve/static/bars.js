// Genres as labelled bars with thresholds, the decided ones on top, and the effect of a change.

import { el, spoken } from "./dom.js";
import { percent, points } from "./words.js";

const SHOWN = 8; // bars at least

/** Draws results into `place`; a genre's button calls `why(genre)`. */
export function bars(place, why) {
  const rows = new Map();
  let all = false;
  let last = null;

  function row(genre) {
    if (rows.has(genre)) return rows.get(genre);
    const part = (name) => el("span", { class: name });
    const made = {
      name: part("name"), fill: part("fill"), ghost: part("ghost"), tick: part("tick"), chance: part("chance"), delta: part("delta"),
      button: el("button", { type: "button", class: "why-button", "aria-expanded": "false", "aria-controls": "why", onclick: () => why(genre) },
        "Why?", spoken(` ${genre}`)),
    };
    made.item = el("li", { "data-genre": genre }, made.name,
      el("span", { class: "track", "aria-hidden": "true" }, made.fill, made.ghost, made.tick),
      made.chance, made.delta, made.button);
    rows.set(genre, made);
    return made;
  }

  function fill(genre, result, before) {
    const made = row(genre);
    const score = result.scores[genre];
    const limit = result.thresholds[genre];
    const decided = result.genres.includes(genre);
    const state = `, ${decided ? "decided" : "not decided"}, from ${percent(limit)}: `;
    made.item.classList.toggle("decided", decided);
    made.name.replaceChildren(decided ? "✓ " : "", genre, spoken(state));
    made.name.title = `decided from ${percent(limit)}`;
    made.fill.style.inlineSize = `${score * 100}%`;
    made.tick.style.insetInlineStart = `${limit * 100}%`;
    made.chance.textContent = percent(score);
    made.ghost.hidden = !before;
    made.delta.replaceChildren();
    made.delta.classList.remove("turned");
    if (!before) return made.item;
    const was = before.genres.includes(genre);
    made.ghost.style.inlineSize = `${before.scores[genre] * 100}%`;
    made.delta.append(points(score - before.scores[genre]), spoken(" points"));
    if (was !== decided) {
      made.delta.classList.add("turned");
      made.delta.append(decided ? " new" : " gone");
    }
    return made.item;
  }

  /** `result` now; `before` with all inputs, if some are switched off (`without`: their names). */
  function show(result, before = null, without = []) {
    last = [result, before, without];
    const focused = place.contains(document.activeElement) ? document.activeElement : null;
    const ranked = Object.keys(result.scores).sort((a, b) => result.scores[b] - result.scores[a]);
    const rest = ranked.filter((genre) => !result.genres.includes(genre));
    const turned = (genre) => before?.genres.includes(genre);
    const room = Math.max(0, SHOWN - result.genres.length);
    const shown = all ? rest : rest.filter((genre, rank) => rank < room || turned(genre));
    const list = (name, genres) => el("ul", { class: "bars", "aria-label": name }, ...genres.map((genre) => fill(genre, result, before)));
    const more = el("button", { type: "button", class: "quiet", id: "more", "aria-expanded": String(all), onclick: toggle },
      all ? "Fewer genres" : `All ${ranked.length} genres`);
    place.classList.toggle("comparing", Boolean(before));
    place.replaceChildren(
      el("h3", { class: "bars-head" }, result.genres.length ? "Decided" : "No genre is decided"),
      list("Decided genres", result.genres),
      el("h3", { class: "bars-head" }, "Not decided"),
      list("Genres not decided", shown),
      shown.length < rest.length || all ? more : "",
      legend(before, without),
    );
    if (focused) (focused.id === "more" ? place.querySelector("#more") : focused)?.focus({ preventScroll: true });
  }

  function toggle() {
    all = !all;
    show(...last);
  }

  return {
    show,
    clear() { place.replaceChildren(); },
    /** The genre whose reasons are open. */
    open(genre) {
      for (const [name, made] of rows) made.button.setAttribute("aria-expanded", String(name === genre));
    },
    focus(genre) { rows.get(genre)?.button.focus(); },
  };
}

function legend(before, without) {
  const mark = (name, text) => el("span", {}, el("i", { class: name }), text);
  return el("p", { class: "legend" },
    ...(before ? [mark("l-ghost", "with everything"), mark("l-fill", `without ${without.join(", ")}`)] : []),
    mark("l-tick", "threshold: decided from here"));
}
