// A list of names: Enter or a comma adds the one typed; Backspace in the empty field or × removes one.

import { el, spoken } from "./dom.js";

/** The field `input` with its list; `changed()` is called for every change, also while typing. */
export function chips(input, changed) {
  const list = input.parentElement.querySelector("ul");
  let names = [];

  const draw = () => {
    list.replaceChildren(...names.map((name, place) =>
      el("li", {}, el("span", { dir: "auto" }, name),
        el("button", { type: "button", onclick: () => take(place) }, "×", spoken(` remove ${name}`)))));
  };
  const set = (next) => {
    names = [...new Set(next.map((name) => name.trim()).filter(Boolean))];
    draw();
    changed();
  };
  const take = (place) => {
    set(names.filter((_, other) => other !== place));
    (list.querySelectorAll("button")[place] ?? input).focus();
  };
  const add = () => {
    const typed = input.value.split(/[,،、\n]/);
    input.value = "";
    set([...names, ...typed]);
  };

  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // Enter ends a word of an input method, not of the list
    if (event.key === "Enter" && input.value.trim()) {
      event.preventDefault();
      add();
    } else if (event.key === "Backspace" && input.value === "" && names.length) {
      take(names.length - 1);
      input.focus();
    }
  });
  input.addEventListener("input", (event) => {
    if (!event.isComposing && /[,،、\n]/.test(input.value)) add();
    else changed();
  });
  input.addEventListener("blur", () => { if (input.value.trim()) add(); });
  input.parentElement.addEventListener("click", (event) => {
    if (event.target === input.parentElement) input.focus();
  });

  return {
    /** The names, including the one being typed. */
    get value() {
      const typed = input.value.trim();
      return typed && !names.includes(typed) ? [...names, typed] : names;
    },
    set value(next) {
      input.value = "";
      set(next);
    },
  };
}
