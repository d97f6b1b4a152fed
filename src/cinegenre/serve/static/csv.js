// CSV by RFC 4180, as spreadsheets write it: quotes, CRLF, a byte order mark, comma, semicolon or tab.

import { ApiError } from "./api.js";

const SEPARATORS = [",", ";", "\t"];
const WORKBOOKS = [[0x50, 0x4b, 0x03, 0x04], [0xd0, 0xcf, 0x11, 0xe0]]; // Excel and LibreOffice, and Excel before 2007

/** A file's bytes as text: UTF-8 or UTF-16 by its byte order mark, else UTF-8, else Windows-1252. Raises ApiError for a workbook. */
export function decoded(bytes) {
  const [first, second] = bytes;
  const workbook = WORKBOOKS.some((begins) => begins.every((byte, at) => bytes[at] === byte));
  if (workbook) throw fault("the file is a workbook or a zip, no CSV", "Save it as CSV, or use cinegenre predict, which reads workbooks");
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** {header, rows, separator}: rows of cells, blank lines left out. Raises ApiError if it is not CSV. */
export function parse(text) {
  const plain = text.replace(/^\uFEFF/, "");
  const separator = separatorOf(plain);
  const records = cells(plain, separator).filter((record) => record.some((cell) => cell.trim() !== ""));
  if (!records.length) throw fault("the file has no rows", "The first row must name the columns");
  const [header, ...rows] = records;
  return { header: header.map((name) => name.trim()), rows, separator };
}

/** The separator that is most frequent in the first record, outside quotes. */
function separatorOf(text) {
  const counts = new Map(SEPARATORS.map((sign) => [sign, 0]));
  let quoted = false;
  for (const sign of text) {
    if (sign === '"') quoted = !quoted;
    else if (!quoted && sign === "\n") break;
    else if (!quoted && counts.has(sign)) counts.set(sign, counts.get(sign) + 1);
  }
  return [...counts].reduce((best, next) => (next[1] > best[1] ? next : best))[0];
}

function cells(text, separator) {
  const records = [];
  let record = [];
  let at = 0;
  const end = () => { records.push(record); record = []; };
  while (at < text.length) {
    let cell = "";
    if (text[at] === '"') {
      const opened = at;
      for (at += 1; ; at += 1) {
        const close = text.indexOf('"', at);
        if (close < 0) {
          const line = text.slice(0, opened).split("\n").length;
          throw fault(`the quotation mark opened in line ${line} is never closed`, "Close it, or double it within a text");
        }
        cell += text.slice(at, close);
        at = close + 1;
        if (text[at] !== '"') break;
        cell += '"';
      }
    }
    const rest = at; // after a closed quote, what stands before the separator belongs to the cell
    while (at < text.length && text[at] !== separator && text[at] !== "\n" && text[at] !== "\r") at += 1;
    record.push(cell + text.slice(rest, at));
    if (text[at] === separator) {
      at += 1;
      if (at === text.length) record.push("");
      continue;
    }
    if (text[at] === "\r" && text[at + 1] === "\n") at += 1;
    at += 1;
    end();
  }
  if (record.length) end();
  return records;
}

/** Rows of cells as text, with CRLF. Cells that a spreadsheet would run as a formula get a '. */
export function format(rows, separator = ",") {
  return rows.map((row) => `${row.map((cell) => quoted(harmless(String(cell ?? "")), separator)).join(separator)}\r\n`).join("");
}

function harmless(cell) {
  const number = /^[+-]?\d+([.,]\d+)?$/.test(cell);
  return /^[=+\-@\t\r]/.test(cell) && !number ? `'${cell}` : cell;
}

function quoted(cell, separator) {
  const plain = !cell.includes(separator) && !/["\r\n]/.test(cell) && cell.trim() === cell;
  return plain ? cell : `"${cell.replaceAll('"', '""')}"`;
}

function fault(message, cure) {
  return new ApiError({ code: "csv", message, cure });
}
