// Making elements. Texts become text nodes, so text from a person or a file is never treated as markup.

export const byId = (id) => document.getElementById(id);

/** el("p", {class: "note", dir: "auto", onclick}, "text", otherElement); null children are left out. */
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** Text for screen readers only. */
export const spoken = (text) => el("span", { class: "vh" }, text);
