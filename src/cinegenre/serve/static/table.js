// Answers as a table that sorts by every column and shows films of one genre, or those that failed.

import { el } from "./dom.js";
import { noteOf } from "./films.js";
import { percent, sentence } from "./words.js";

const PAGE = 200; // rows drawn at a time
const compare = new Intl.Collator("en", { numeric: true, sensitivity: "base" }).compare;

/** Draws into `table`; `more` is the button for further rows. */
export function resultTable(table, more) {
  let films = [];
  let only = "";
  let sorted = { name: "Row", down: false };
  let drawn = PAGE;

  const best = (film) => (film.answer ? film.answer.scores[only] ?? Math.max(...Object.values(film.answer.scores)) : -1);
  const titled = (film) => film.title || film.id || film.poster || "–";
  const columns = () => [
    { name: "Row", key: (film) => film.row, cell: (film) => el("td", { class: "number" }, film.row) },
    { name: "Title", key: titled, cell: (film) => el("td", { class: "cell-title", dir: "auto" }, titled(film)) },
    { name: "Genres", key: (film) => film.answer?.genres.join(", ") ?? "", cell: genresOf },
    { name: only && only !== "!" ? only : "Highest", key: best, cell: (film) => el("td", { class: "number" }, film.answer ? percent(best(film)) : "–") },
    { name: "Read", key: (film) => film.answer?.inputs.join(", ") ?? "", cell: (film) => el("td", { class: "told cell-read" }, film.answer?.inputs.join(", ") ?? "–") },
    { name: "Remarks", key: (film) => film.error ?? noteOf(film), cell: remarkOf },
  ];

  function draw() {
    const all = columns();
    const by = all.find((column) => column.name === sorted.name) ?? all[0];
    const shown = films.filter((film) => (only === "" ? true : only === "!" ? film.error : film.answer?.genres.includes(only)));
    const order = (a, b) => {
      const [x, y] = [by.key(a), by.key(b)];
      return (typeof x === "number" ? x - y : compare(x, y)) * (sorted.down ? -1 : 1) || a.row - b.row;
    };
    shown.sort(order);
    const focused = table.contains(document.activeElement) ? document.activeElement.textContent : null;
    table.replaceChildren(
      el("caption", { class: "vh" }, `${shown.length} films, sorted by ${by.name}`),
      el("thead", {}, el("tr", {}, ...all.map((column) =>
        el("th", { scope: "col", "aria-sort": column === by ? (sorted.down ? "descending" : "ascending") : null },
          el("button", { type: "button", onclick: () => sort(column.name) }, column.name))))),
      el("tbody", {}, ...shown.slice(0, drawn).map((film) => el("tr", {}, ...all.map((column) => column.cell(film))))),
    );
    more.hidden = shown.length <= drawn;
    more.textContent = `${Math.min(PAGE, shown.length - drawn)} more rows`;
    [...table.querySelectorAll("th button")].find((button) => button.textContent === focused)?.focus();
  }

  function sort(name) {
    const numbers = !["Title", "Genres", "Read", "Remarks", "Row"].includes(name);
    sorted = { name, down: sorted.name === name ? !sorted.down : numbers };
    draw();
  }

  more.addEventListener("click", () => { drawn += PAGE; draw(); });
  return {
    draw(next) { films = next; draw(); },
    /** "" for all, "!" for those that failed, else a genre. */
    filter(next) {
      if (sorted.name === (only || "Highest") || sorted.name === "Highest") sorted = { name: next && next !== "!" ? next : "Highest", down: true };
      only = next;
      drawn = PAGE;
      draw();
    },
  };
}

function genresOf(film) {
  if (!film.answer) return el("td", { class: "cell-genres told" }, film.error ? "–" : "waiting");
  const tags = film.answer.genres.map((genre) => el("span", { class: "tag" }, genre));
  return el("td", { class: "cell-genres" }, ...(tags.length ? tags.flatMap((tag, i) => (i ? [" ", tag] : [tag])) : ["none decided"]));
}

function remarkOf(film) {
  const note = noteOf(film) && sentence(noteOf(film));
  return el("td", { class: "told cell-remark" }, film.error ? el("span", { class: "failed" }, `${film.error} `) : null, note);
}
