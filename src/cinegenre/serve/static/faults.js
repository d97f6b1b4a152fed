// Shows an error of the service at the field that it names, or else above the results.

import { el } from "./dom.js";
import { FIELDS } from "./film.js";

const WAIT = 2; // seconds, where a busy service names none
const AT_THE_POSTER = new Set(["unreadable_poster", "unsupported_poster", "poster_url_refused", "poster_url_failed"]);

/** Shows errors in `banner`; `again()` repeats the request. */
export function faults(banner, form, again) {
  let timer = null;

  function clear() {
    clearTimeout(timer);
    banner.hidden = true;
    banner.replaceChildren();
  }

  function say(text, button = "Try again") {
    const wait = el("span", {});
    banner.replaceChildren(
      el("p", {}, text, " ", wait),
      button ? el("button", { type: "button", onclick: () => { clear(); again(); } }, button) : "",
    );
    banner.hidden = false;
    return wait;
  }

  /** Counts down outside the text that screen readers announce, then repeats the request. */
  function later(seconds, place) {
    let left = Math.max(1, Math.ceil(seconds));
    place.setAttribute("aria-live", "off");
    const tick = () => {
      if (left <= 0) {
        clear();
        return again();
      }
      place.textContent = `Trying again in ${left} s.`;
      left -= 1;
      timer = setTimeout(tick, 1000);
      return undefined;
    };
    tick();
  }

  function show(error) {
    clear();
    const field = AT_THE_POSTER.has(error.code) ? "poster" : fieldOf(error.field);
    if (field) return form.fault(field, error.told);
    if (error.code === "too_large" && form.poster) return form.fault("poster", error.told);
    if (error.status === 429 || error.status === 503) return later(error.retryAfter ?? WAIT, say(error.told, "Try now"));
    if (error.code === "unauthorized") return say(error.told, "Enter a token");
    return say(error.told) && undefined;
  }

  addEventListener("online", () => { if (!banner.hidden) { clear(); again(); } });
  return { show, clear };
}

/** "companies.3" and "overview" name fields of the form; other names do not. */
function fieldOf(name) {
  const first = String(name ?? "").split(/[.[]/)[0];
  return FIELDS.includes(first) ? first : null;
}
