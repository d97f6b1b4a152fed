// Predictions for the form: answers are cached for a while, and only the newest request counts.

import { call } from "./api.js";

const KEPT = 24;
const answers = new Map();

/** `path`'s answer for `body`; `key` names it. Raises the signal's reason if a newer request replaces it. */
export async function answer(path, key, body, signal) {
  const name = `${path} ${key}`;
  if (!answers.has(name)) {
    const found = await call(path, body, signal);
    answers.set(name, found);
    if (answers.size > KEPT) answers.delete(answers.keys().next().value);
  }
  signal.throwIfAborted(); // an answer that came after a newer question
  return answers.get(name);
}

/** Runs one request at a time: a new one starts after `after` milliseconds and stops the previous one. */
export function newest() {
  let controller = new AbortController();
  let timer = null;
  return {
    ask(question, after = 0) {
      clearTimeout(timer);
      controller.abort();
      controller = new AbortController();
      const { signal } = controller;
      timer = setTimeout(() => question(signal), after);
    },
    stop() {
      clearTimeout(timer);
      controller.abort();
    },
  };
}
