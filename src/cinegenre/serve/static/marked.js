// A text with its words marked: orange and a straight line for a genre, blue and a dotted one against.

import { el, spoken } from "./dom.js";
import { signed } from "./words.js";

const WEAK = 0.12; // of the strongest word; weaker ones are not marked
const SIGN = 0.35; // of the strongest; from here on the sign stands beside the word
const FLOOR = 0.15; // log-odds of the strongest below which every mark is pale

/** The nodes of `text`. `words` have start and end in code points, and a weight in log-odds. */
export function marked(text, words, strongest) {
  const letters = [...text]; // code points, as the service counts
  const nodes = [];
  let at = 0;
  for (const word of words) {
    nodes.push(letters.slice(at, word.start).join(""));
    nodes.push(mark(letters.slice(word.start, word.end).join(""), word.weight, strongest));
    at = word.end;
  }
  nodes.push(letters.slice(at).join(""));
  return nodes;
}

function mark(text, weight, strongest) {
  const share = Math.abs(weight) / Math.max(strongest, FLOOR);
  if (share < WEAK) return text;
  const supports = weight > 0;
  const made = el("mark", { class: supports ? "for" : "against", title: signed(weight) }, text,
    share >= SIGN ? el("sup", { "aria-hidden": "true" }, supports ? "+" : "−") : null,
    share >= SIGN ? spoken(supports ? " (for)" : " (against)") : null);
  made.style.setProperty("--w", (share * 0.45).toFixed(2));
  return made;
}

/** "Most for it: …" and "Most against it: …", the marks in words. */
export function strongest(words, sign, most = 6) {
  const found = words.filter((word) => word.weight * sign >= 0.005)
    .sort((a, b) => (b.weight - a.weight) * sign).slice(0, most);
  const parts = found.flatMap((word, i) => [i ? ", " : "", el("bdi", {}, word.text), ` ${signed(word.weight)}`]);
  return el("p", { class: "top-words" }, `Most ${sign > 0 ? "for" : "against"} it: `, ...(parts.length ? parts : ["no word"]), ".");
}
