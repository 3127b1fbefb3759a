/** Requests to the service that the page comes from. */

import { showEnded } from "./status.js";

/** What the addresses of answers about the shown project begin with; empty where it is the only one. */
export const BASE = document.documentElement.dataset.base ?? "";

/** Ends what is asked when somebody signs out: the answer would be for a stranger, and nobody would see it. */
const leaving = new AbortController();
addEventListener("submit", (event) => event.target.id === "leave" && leaving.abort());

/** Whether somebody is signing out. */
export const isLeaving = () => leaving.signal.aborted;

/** The service does not know the caller any more. */
export class Ended extends Error {}

/** The service does not answer, or not as it should. */
export class Lost extends Error {}

/**
 * Asks the service.
 *
 * @param {string | URL} url
 * @param {RequestInit} options
 * @returns {Promise<Response>} the answer, whatever its status but 401
 * @throws {Ended} the session has ended; the page then says so already
 * @throws {Lost} nobody answers
 * @throws {DOMException} the request was taken back through its signal, or somebody signs out
 */
export async function ask(url, options = {}) {
  const signal = AbortSignal.any([leaving.signal, ...(options.signal ? [options.signal] : [])]);
  const response = await fetch(url, { cache: "no-store", ...options, signal }).catch((error) => {
    throw error.name === "AbortError" ? error : new Lost(error.message);
  });
  if (response.status === 401) {
    showEnded();
    throw new Ended();
  }
  return response;
}

/** What a page of this session sends along with whatever it changes. */
export function csrf() {
  const known = document.querySelector("meta[name=csrf]")?.content;
  return known ? { "X-CSRF-Token": known } : {};
}

/**
 * One part of the page at a URL, as the service shows it now.
 *
 * @param {string | URL} url
 * @param {"main" | "panel"} name
 * @returns {Promise<Element>} the part, ready to stand in this document
 */
export async function part(url, name) {
  const response = await ask(url, { headers: { Accept: "text/html", "X-Assay-Fragment": name } });
  const answer = new DOMParser().parseFromString(await response.text(), "text/html");
  const found = answer.getElementById(name);
  if (!found) {
    throw new Lost(`The service answered with ${response.status}, and without the part “${name}”.`);
  }
  return document.adoptNode(found);
}
