// Requests to the service. Every failure, of the network too, is an ApiError in the service's format.

import { sentence } from "./words.js";

export class ApiError extends Error {
  constructor({ status = 0, code, message, cure = null, field = null }, retryAfter = null) {
    super(message);
    Object.assign(this, { status, code, cure, field, retryAfter });
  }

  /** Message and cure as sentences. */
  get told() {
    return [this.message, this.cure].filter(Boolean).map(sentence).join(" ");
  }
}

let token = "";
let askToken = null;
let asking = null;

/** `ask(error)` returns a promise of a token, or of null if the person enters none. */
export function whenRefused(ask) {
  askToken = ask;
}

/** GET without a body, else POST as JSON. Asks for a token if the service requires one. */
export async function call(path, body = undefined, signal = undefined) {
  for (;;) {
    const used = token;
    try {
      return await once(path, body, signal);
    } catch (error) {
      if (error.code !== "unauthorized" || !askToken) throw error;
      if (token === used) { // else another request has been given a new one by now
        asking ??= askToken(error, used !== "").finally(() => { asking = null; });
        const given = await asking;
        if (given === null) throw error;
        token = given;
      }
      signal?.throwIfAborted();
    }
  }
}

async function once(path, body, signal) {
  const headers = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (token) headers.Authorization = `Bearer ${token}`;
  let response;
  let text;
  try {
    response = await fetch(path, {
      method: body === undefined ? "GET" : "POST",
      headers, signal, cache: "no-store",
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    text = await response.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError({
      code: "network", message: "the service cannot be reached",
      cure: "Check that it is running and that you are connected",
    });
  }
  const data = parsed(text);
  if (response.ok && data) return data;
  const retryAfter = Number.parseFloat(response.headers.get("Retry-After"));
  throw new ApiError(
    data?.error?.message ? data.error : {
      status: response.status, code: "no_answer",
      message: `the service gave no usable answer (status ${response.status})`,
      cure: "Try again; if it happens again, tell whoever runs the service",
    },
    Number.isFinite(retryAfter) ? retryAfter : null,
  );
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
