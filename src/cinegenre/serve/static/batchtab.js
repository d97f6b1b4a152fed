// The tab for many films: files in, progress, a table, a CSV out.

import { ApiError } from "./api.js";
import { save } from "./copy.js";
import { decoded, format, parse } from "./csv.js";
import { byId, el } from "./dom.js";
import { answered, EXAMPLE, films } from "./films.js";
import { model } from "./model.js";
import { posters } from "./posters.js";
import { send } from "./sender.js";
import { resultTable } from "./table.js";
import { counted } from "./words.js";

const LARGEST = 100_000_000; // bytes of a CSV

/** Wires the tab. */
export function batchTab() {
  const table = resultTable(byId("batch-table"), byId("batch-more"));
  let csv = null;
  let all = [];
  let pictures = { count: 0, find: () => null };
  let genres = [];
  let running = null; // the AbortController of the run
  let name = "films";
  let drawing = null;

  async function readFilms() {
    const file = byId("batch-csv").files[0];
    if (!file) return;
    say("");
    fault("batch-csv", "");
    byId("batch-results").hidden = byId("batch-progress").hidden = true;
    [csv, all] = [null, []];
    try {
      if (file.size > LARGEST) throw new ApiError({ code: "csv", message: "the file has more than 100 MB", cure: "Split it, or use cinegenre predict" });
      csv = parse(decoded(new Uint8Array(await file.arrayBuffer())));
      all = films(csv);
      if (!all.length) throw new ApiError({ code: "csv", message: "the file has no films", cure: "Put one film in each row, below the names of the columns" });
      name = file.name.replace(/\.[^.]*$/, "");
    } catch (error) {
      all = [];
      fault("batch-csv", error.told ?? `The file cannot be read (${error.message}).`);
    }
    tell();
  }

  async function readPosters() {
    fault("batch-posters", "");
    pictures = { count: 0, find: () => null };
    try {
      pictures = await posters(byId("batch-posters").files);
      if (!pictures.count && byId("batch-posters").files.length) fault("batch-posters", "None of these files is a picture. Choose JPEG, PNG or WebP files, or a zip of them.");
    } catch (error) {
      fault("batch-posters", error.told ?? `The files cannot be read (${error.message}).`);
    }
    for (const film of all) if (film.note) film.answer = film.error = film.note = null; // may be found now
    tell();
  }

  function tell() {
    byId("batch-csv-told").textContent = all.length ? `${counted(all.length, "film")} in ${csv.header.length} columns` : "";
    const named = all.filter((film) => film.poster || film.id).length;
    const found = all.filter((film) => pictures.find(film.poster, film.id)).length;
    byId("batch-posters-told").textContent = pictures.count
      ? `${counted(pictures.count, "poster")}${all.length ? `, found for ${found} of ${counted(named, "film")} with a poster or an id` : ""}` : "";
    button();
  }

  function button() {
    const left = all.filter((film) => !film.answer && !film.error).length;
    const start = byId("batch-start");
    start.disabled = Boolean(running) || left === 0;
    start.textContent = left && left < all.length ? `Continue (${counted(left, "film")} left)` : "Tag the films";
    byId("batch-cancel").hidden = !running;
    for (const id of ["batch-csv", "batch-posters"]) byId(id).disabled = Boolean(running);
  }

  async function start() {
    byId("batch-banner").hidden = true;
    running = new AbortController();
    button();
    byId("batch-cancel").focus();
    byId("batch-progress").hidden = byId("batch-results").hidden = false;
    say("Working …");
    try {
      const said = await model();
      genres = said.genres;
      options();
      await send(all, said.limits, pictures.find, progress, running.signal);
      const failed = all.filter((film) => film.error).length;
      say(`Done: ${counted(all.length - failed, "film")} tagged, ${failed ? `${counted(failed, "film")} failed` : "none failed"}.`);
    } catch (error) {
      if (running.signal.aborted) say("Cancelled. Results so far are kept; press Continue to go on.");
      else stopped(error);
    }
    running = null;
    button();
    progress({});
    draw();
    (byId("batch-start").disabled ? byId("batch-save") : byId("batch-start")).focus();
  }

  function stopped(error) {
    say("");
    byId("batch-banner").replaceChildren(el("p", {}, error.told ?? String(error), " What is done stays; Continue goes on."));
    byId("batch-banner").hidden = false;
  }

  function progress({ waiting }) {
    const done = all.filter((film) => film.answer || film.error).length;
    byId("batch-done").textContent = `${done.toLocaleString("en")} of ${counted(all.length, "film")}`;
    byId("batch-bar").max = all.length;
    byId("batch-bar").value = done;
    if (running) say(waiting ? `The service is busy: waiting ${waiting} s.` : "Working …");
    drawing ??= setTimeout(draw, 250); // a table of thousands is not drawn for every part
  }

  function draw() {
    clearTimeout(drawing);
    drawing = null;
    table.draw(all);
  }

  function options() {
    const chosen = byId("batch-filter").value;
    const option = (value, text) => el("option", { value, selected: value === chosen }, text);
    byId("batch-filter").replaceChildren(option("", "all films"), option("!", "failed"), ...genres.map((genre) => option(genre, genre)));
  }

  const say = (text) => { if (byId("batch-status").textContent !== text) byId("batch-status").textContent = text; };
  const fault = (id, text) => {
    byId(`${id}-error`).textContent = text;
    if (text) byId(id).setAttribute("aria-invalid", "true");
    else byId(id).removeAttribute("aria-invalid");
  };

  byId("batch-csv").addEventListener("change", readFilms);
  byId("batch-posters").addEventListener("change", readPosters);
  byId("batch-start").addEventListener("click", start);
  byId("batch-cancel").addEventListener("click", () => running?.abort());
  byId("batch-filter").addEventListener("change", (event) => table.filter(event.target.value));
  byId("batch-save").addEventListener("click", () =>
    save(`${name}-genres.csv`, `\uFEFF${format(answered(csv.header, all, genres), csv.separator)}`, "text/csv"));
  byId("batch-example").addEventListener("click", () => save("films.csv", `\uFEFF${format(EXAMPLE)}`, "text/csv"));
  dropping("batch-csv");
  dropping("batch-posters");
}

/** Files can be dropped anywhere on the field. */
function dropping(id) {
  const input = byId(id);
  const box = input.closest(".field");
  box.addEventListener("dragover", () => box.classList.toggle("over", !input.disabled));
  box.addEventListener("dragleave", (event) => { if (!box.contains(event.relatedTarget)) box.classList.remove("over"); });
  box.addEventListener("drop", (event) => {
    box.classList.remove("over");
    if (input.disabled || !event.dataTransfer.files.length) return;
    event.preventDefault();
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change"));
  });
}
