// The poster's field: chosen, dropped, pasted or photographed, shown, taken away.

import { byId } from "./dom.js";
import { base64, prepared } from "./image.js";
import { megabytes } from "./words.js";

let count = 0;

/** Wires the field. `changed()` hears of every change, `fault(text)` of a file that cannot be used. */
export function posterField(changed, fault) {
  const drop = byId("drop");
  const image = byId("poster-image");
  const hint = byId("poster-hint");
  const empty = [...hint.childNodes];
  let poster = null; // {number, base64, url}: url is null where the browser cannot show it
  let turn = 0;
  let most = Infinity;

  async function take(file) {
    const mine = ++turn; // a slow picture must not replace one chosen after it
    if (!file) return;
    if (file.type && !file.type.startsWith("image/")) {
      return fault(`“${file.name}” is not an image. Choose a JPEG, PNG or WebP.`);
    }
    if (file.size === 0) return fault(`“${file.name}” is empty (0 bytes). Choose another file.`);
    const { blob, readable } = await prepared(file);
    if (mine !== turn) return;
    if (blob.size * 4 / 3 > most) {
      return fault(`“${file.name}” has ${megabytes(blob.size)}, more than the service takes. Choose a smaller one.`);
    }
    const data = await base64(blob).catch(() => null);
    if (mine !== turn) return;
    if (data === null) return fault(`“${file.name}” cannot be read from your disk. Choose it again.`);
    show({ number: ++count, base64: data, url: readable ? URL.createObjectURL(blob) : null }, file.name);
  }

  function show(next, name = "") {
    if (poster?.url) URL.revokeObjectURL(poster.url);
    poster = next;
    drop.classList.toggle("full", Boolean(next?.url));
    image.hidden = !next?.url;
    hint.hidden = !image.hidden;
    if (next?.url) image.src = next.url;
    else image.removeAttribute("src");
    image.alt = next ? `The poster. Press to choose another one.` : "";
    hint.replaceChildren(...(next ? [`${name}: no preview here`] : empty));
    byId("poster-remove").hidden = !next;
    fault("");
    changed();
  }

  for (const id of ["poster-file", "poster-photo"]) {
    byId(id).addEventListener("change", (event) => {
      take(event.target.files[0]);
      event.target.value = ""; // so that the same file can be chosen again
    });
  }
  // Later, for Chromium opens no file chooser from within the press of Enter.
  drop.addEventListener("click", () => setTimeout(() => byId("poster-file").click()));
  byId("photo").addEventListener("click", () => byId("poster-photo").click());
  byId("poster-remove").addEventListener("click", () => {
    turn += 1;
    show(null);
    drop.focus();
  });

  return {
    take,
    get value() { return poster; },
    clear() { turn += 1; show(null); },
    highlight(on) { drop.classList.toggle("over", on); },
    limit(bodyBytes) { most = bodyBytes; },
  };
}

/** Pictures that are pasted or dropped anywhere, while `wanted()`, go to `field`. */
export function listenForPictures(field, wanted) {
  const first = (transfer) => [...(transfer?.files ?? [])][0];
  document.addEventListener("paste", (event) => {
    const file = first(event.clipboardData);
    if (!file || !wanted() || (!file.type.startsWith("image/") && event.clipboardData.types.includes("text/plain"))) return;
    event.preventDefault();
    field.take(file);
  });
  const carries = (event) => event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!carries(event)) return;
    event.preventDefault(); // else the browser would leave the page for the file
    field.highlight(wanted());
  });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) field.highlight(false); });
  document.addEventListener("drop", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    field.highlight(false);
    if (wanted()) field.take(first(event.dataTransfer));
  });
}
