// What the service says of its model: the dialog, the foot of the page, and the limits.

import { call } from "./api.js";
import { byId, el } from "./dom.js";
import { listed, megabytes } from "./words.js";

let asked = null;

/** The service's answer to /v1/model, asked once; asked anew after a failure. */
export function model() {
  asked ??= call("v1/model").catch((error) => {
    asked = null;
    throw error;
  });
  return asked;
}

/** Wires the button and its dialog. */
export function modelDialog() {
  byId("open-model").addEventListener("click", async () => {
    const body = byId("model-body");
    body.replaceChildren(el("p", {}, "Asking …"));
    byId("model-dialog").showModal();
    try {
      body.replaceChildren(...facts(await model()));
    } catch (error) {
      body.replaceChildren(el("p", { class: "error", role: "alert" }, error.told));
    }
  });
  for (const button of document.querySelectorAll("[data-close]")) {
    button.addEventListener("click", () => button.closest("dialog").close());
  }
}

/** Names the model at the foot of the page. */
export function foot(said) {
  byId("foot-model").textContent = `${said.name} ${said.version}`.trim();
}

function facts(said) {
  const { limits } = said;
  const rows = [
    ["Name", said.name], ["Version", said.version || "–"], ["Reads", listed(said.inputs)],
    ["Languages", said.languages.length ? listed(said.languages.map(spelled)) : "any"],
    [`Its ${said.genres.length} genres`, said.genres.join(", ")],
    ["Limits", `${megabytes(limits.body_bytes)} a request, ${Math.round(limits.pixels / 1e6)} megapixels a poster, ` +
      `${limits.text_characters.toLocaleString("en")} characters a text, ${limits.films} films at once`],
  ];
  return [
    el("dl", {}, ...rows.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])),
    el("p", {}, el("a", { href: "docs" }, "The service’s interface (REST)")),
    el("details", {}, el("summary", {}, "Model card"), el("pre", { tabindex: "0" }, said.card)),
  ];
}

function spelled(code) {
  try {
    return new Intl.DisplayNames(["en"], { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}
