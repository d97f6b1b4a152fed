// The dialog for a bearer token. It is handed on and never stored.

import { byId } from "./dom.js";

/** Ask for a token; `refused` says that one was given and not accepted. Null: the person gave none. */
export function askForToken(_error, refused) {
  const dialog = byId("token-dialog");
  const input = byId("token");
  const fault = byId("token-error");
  input.value = "";
  fault.textContent = "";
  mark(input, refused);
  dialog.showModal();
  if (refused) fault.textContent = "This token is not accepted. Check it and try again.";
  return new Promise((resolve) => {
    let given = null;
    byId("token-form").onsubmit = (event) => {
      event.preventDefault();
      given = input.value.trim();
      if (given && /^[\x21-\x7e]+$/.test(given)) return dialog.close();
      fault.textContent = given ? "A token has no spaces and only plain letters, digits and signs." : "Enter the token.";
      given = null;
      return mark(input, true);
    };
    dialog.onclose = () => resolve(given);
  });
}

function mark(input, wrong) {
  if (wrong) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}
