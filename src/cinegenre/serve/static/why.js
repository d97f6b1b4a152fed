// The panel that says why: words, poster and inputs for one genre at a time.

import { el } from "./dom.js";
import { heat, totals } from "./heat.js";
import { marked, strongest } from "./marked.js";
import { percent, points, signed } from "./words.js";

const LISTS = ["companies", "people"];

/** Draws reasons into `place`. `choose(genre)` and `close()` are asked for by its buttons. */
export function whyPanel(place, choose, close) {
  let heatShown = true;

  function head(genre, said) {
    return [
      el("div", { class: "card-head" },
        el("h2", { id: "why-heading" }, `Why ${genre}?`),
        el("button", { type: "button", class: "quiet", onclick: close }, "Close")),
      el("p", { class: "lead", role: "status" }, said),
    ];
  }

  /** While the answer is awaited: it takes the model about a hundred looks. */
  function wait(genre) {
    place.hidden = false;
    place.setAttribute("aria-busy", "true");
    if (place.dataset.genre !== genre || !place.querySelector(".why-body")) {
      place.replaceChildren(...head(genre, "Predicting again without each word and each area of the poster …"));
    }
    place.dataset.genre = genre;
  }

  function fail(genre, told) {
    place.removeAttribute("aria-busy");
    place.replaceChildren(...head(genre, ""), el("div", { class: "banner", role: "alert" }, told));
  }

  /** `film`: the values that were sent; `poster`: {url, ...} or null. */
  function show(genre, found, film, poster) {
    const reasons = found.explained[genre];
    const said = `${percent(reasons.probability)}, ${reasons.decided ? "decided" : "not decided"} (from ${percent(reasons.threshold)}).`;
    const focused = place.contains(document.activeElement) ? document.activeElement.dataset.genre : null;
    place.hidden = false;
    place.removeAttribute("aria-busy");
    place.dataset.genre = genre;
    const figure = pictured(genre, reasons, poster);
    place.replaceChildren(
      ...head(genre, said), choice(genre, found),
      el("div", { class: figure ? "why-body" : "why-body textual" }, texts(reasons, found.inputs, film), figure),
      reading(),
    );
    if (focused) place.querySelector(`[data-genre="${CSS.escape(focused)}"]`)?.focus();
  }

  function choice(genre, found) {
    const ranked = Object.keys(found.scores).sort((a, b) => found.scores[b] - found.scores[a]);
    const shown = ranked.filter((name, rank) => found.genres.includes(name) || rank < 6 || name === genre);
    return el("div", { class: "why-genres", role: "group", "aria-label": "Genre to explain" }, ...shown.map((name) =>
      el("button", { type: "button", "data-genre": name, "aria-pressed": String(name === genre), onclick: () => choose(name) },
        found.genres.includes(name) ? `✓ ${name}` : name)));
  }

  function pictured(genre, reasons, poster) {
    if (!reasons.poster || !poster) return null;
    const { weights, heat_map: png } = reasons.poster;
    const image = el("img", { alt: `The poster, coloured where it speaks for or against ${genre}` });
    const frame = el("div", { class: "heat" }, image);
    if (poster.url) {
      image.src = poster.url;
      image.onload = () => frame.append(heat(weights, image.naturalWidth, image.naturalHeight));
      frame.classList.toggle("plain", !heatShown);
    } else if (png) image.src = `data:image/png;base64,${png}`;
    const sums = totals(weights);
    const box = el("input", { type: "checkbox", id: "heat-on", onchange: () => {
      heatShown = box.checked;
      frame.classList.toggle("plain", !heatShown);
    } });
    box.checked = heatShown;
    return el("figure", {}, frame,
      poster.url ? el("label", { class: "check" }, box, "Heat map") : null,
      el("figcaption", {}, `Orange speaks for ${genre}, blue against it. Together: ${signed(sums.supports)} for it, ` +
        `${signed(sums.against)} against it. Most for it: ${sums.where}.`));
  }

  return { wait, fail, show };
}

function texts(reasons, inputs, film) {
  const most = Math.max(0, ...reasons.words.map((word) => Math.abs(word.weight)));
  const parts = [];
  for (const field of inputs.filter((name) => name !== "poster")) {
    const words = reasons.words.filter((word) => word.field === field);
    parts.push(el("h3", {}, field[0].toUpperCase() + field.slice(1)));
    if (LISTS.includes(field)) {
      parts.push(el("ul", {}, ...film[field].map((name, item) =>
        el("li", { dir: "auto" }, ...marked(name, words.filter((word) => word.item === item), most)))));
    } else parts.push(el("p", { dir: "auto" }, ...marked(film[field], words, most)));
  }
  if (parts.length) parts.push(strongest(reasons.words, 1), strongest(reasons.words, -1));
  return el("div", { class: "why-texts" }, ...parts, effects(reasons.inputs));
}

function effects(inputs) {
  const chance = (p) => (p === null ? "–" : percent(p));
  const rows = Object.entries(inputs).map(([name, effect]) => el("tr", {},
    el("th", { scope: "row" }, name), el("td", {}, chance(effect.without)),
    el("td", {}, effect.without === null ? "–" : points(effect.all - effect.without)), el("td", {}, chance(effect.alone))));
  const heads = ["Input", "Without it", "Change by it (points)", "With it alone"];
  return el("table", { class: "effects" }, el("caption", {}, "How each input changes the score"),
    el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, head)))), el("tbody", {}, ...rows));
}

function reading() {
  return el("p", { class: "reading" },
    "Each word, name and area of the poster was left out in turn, and the model predicted again. Numbers beside words are " +
    "log-odds: +0.7 doubles the odds, −0.7 halves them. This shows what influenced the model, not what is true of the film.");
}
