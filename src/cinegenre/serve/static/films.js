// Rows of a CSV as films, and films with their answers as rows.

import { ApiError } from "./api.js";

const COLUMNS = {
  id: ["id", "imdb_id", "imdbid", "tconst"],
  title: ["title", "name"],
  overview: ["overview", "plot", "summary", "description", "synopsis"],
  companies: ["companies", "company", "production_companies", "studio", "studios"],
  people: ["people", "cast"],
  poster: ["poster", "poster_file", "poster_path", "image", "file"],
};

/** The films of a parsed CSV: {row, cells, id, title, overview, companies, people, poster, error}. */
export function films({ header, rows }) {
  const names = header.map((name) => name.toLowerCase());
  const place = Object.fromEntries(Object.entries(COLUMNS).map(([field, known]) =>
    [field, known.map((name) => names.indexOf(name)).find((at) => at >= 0) ?? -1]));
  if (["title", "overview", "companies", "people", "poster"].every((field) => place[field] < 0)) {
    throw new ApiError({
      code: "csv", message: `no column to read among ${header.slice(0, 8).map((name) => `“${name}”`).join(", ")}`,
      cure: "Name them title, overview, companies or poster in the first row",
    });
  }
  const cell = (cells, field) => (place[field] < 0 ? "" : (cells[place[field]] ?? "").trim());
  return rows.map((cells, number) => ({
    row: number + 1, cells,
    ...Object.fromEntries(["id", "title", "overview", "poster"].map((field) => [field, cell(cells, field)])),
    companies: several(cell(cells, "companies")), people: several(cell(cells, "people")),
    error: cells.length > header.length
      ? `The row has ${cells.length} cells, the first row ${header.length}. Put a text with separators in quotation marks.` : null,
    note: null, answer: null,
  }));
}

const several = (cell) => cell.split(/[|;]/).map((name) => name.trim()).filter(Boolean);

/** Rows of the resulting CSV: all original columns, then the genres, a score per genre, and the error. */
export function answered(header, all, genres) {
  const free = new Set(header.map((name) => name.toLowerCase()));
  const unused = (name) => {
    let [next, number] = [name, 2];
    while (free.has(next.toLowerCase())) next = `${name}_${number++}`;
    return next;
  };
  const head = [...header, unused("genres"), ...genres.map(unused), unused("error"), unused("note")];
  const body = all.map((film) => [
    ...film.cells.slice(0, header.length), ...Array(Math.max(0, header.length - film.cells.length)).fill(""),
    film.answer?.genres.join("|") ?? "", ...genres.map((genre) => film.answer?.scores[genre] ?? ""),
    film.error ?? "", noteOf(film),
  ]);
  return [head, ...body];
}

/** What was ignored in a film, as text. */
export const noteOf = (film) => [film.note, film.answer?.note].filter(Boolean).join("; ");

/** A small example file. */
export const EXAMPLE = [
  ["id", "title", "overview", "companies", "poster"],
  ["orbit", "The Quiet Orbit", "Something wakes in the cargo hold of a mining ship near Saturn.", "Northlight Pictures", "orbit.jpg"],
  ["porto", "Two Tickets to Porto", "A shy pastry chef wins a holiday for two and has nobody to take along.", "Casa Azul Filmes|Rua Nova", ""],
  ["ridge", "Dust Over Ridge County", "A retired sheriff takes up his rifle once more against the cattle barons.", "", ""],
];
