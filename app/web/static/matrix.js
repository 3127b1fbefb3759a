/** The matrix: filtered in place, with the address in step, so that what is seen can be shared. */

import { admit, rove } from "./grid.js";
import { begin, show } from "./tables.js";

/** The classes of the rows that are shown, by what is chosen. */
const KINDS = { differences: "differs", missing: "lacks", findings: "finding", secrets: "secret", unread: "unread" };
const ADDRESS_RESTS = 250; // browsers take only so many changes of the address in a while

/** @type {{row: HTMLElement, text: string, kinds: Record<string, boolean>}[]} */
let rows = [];
let waiting;

/** Filters from now on; without a matrix in this view there is nothing to do. */
export function start() {
  if (!form()) {
    return;
  }
  read();
  document.addEventListener("input", (event) => event.target.form === form() && filter());
  document.addEventListener("submit", (event) => event.target === form() && (event.preventDefault(), remember()));
  document.addEventListener("toggle", rove, { capture: true });
  document.addEventListener("assay:swapped", () => (read(), apply()));
  document.addEventListener("keydown", focusFilter);
  addEventListener("popstate", recall);
  if (isTyped()) {
    filter();
  }
}

/** Whether somebody has typed a filter before this script was there to hear of it. */
function isTyped() {
  return form().elements.filter.value !== (new URL(location).searchParams.get("filter") ?? "");
}

const form = () => document.querySelector("form#filters");

function read() {
  rows = [...document.querySelectorAll("section.keys tr[data-k]")].map((row) => ({
    row,
    text: [row.dataset.k, ...row.cells].map((part) => part.textContent ?? part).join("\n").toLowerCase(),
    kinds: Object.fromEntries(Object.entries(KINDS).map(([only, name]) => [only, row.classList.contains(name)])),
  }));
  begin(rows.map(({ row }) => row));
  admit();
}

function filter() {
  apply();
  clearTimeout(waiting);
  waiting = setTimeout(remember, ADDRESS_RESTS);
}

function apply() {
  const { filter, only } = form().elements;
  const words = filter.value.toLowerCase().split(/\s+/);
  const fits = ({ text, kinds }) =>
    words.every((word) => text.includes(word)) && (only.value === "all" || kinds[only.value]);
  const fitting = new Set(rows.filter(fits).map(({ row }) => row));
  show(fitting);
  count(fitting.size);
  rove();
}

function count(shown) {
  const all = rows.length;
  const text = `${shown.toLocaleString("en")} of ${all.toLocaleString("en")} ${all === 1 ? "key" : "keys"}`;
  document.getElementById("shown").textContent = text;
  document.getElementById("none")?.toggleAttribute("hidden", shown > 0);
}

/** Keeps the address in step with the filter. */
function remember() {
  clearTimeout(waiting);
  const url = new URL(location);
  const { filter, only } = form().elements;
  for (const [name, value, usual] of [["filter", filter.value, ""], ["only", only.value, "all"]]) {
    value === usual ? url.searchParams.delete(name) : url.searchParams.set(name, value);
  }
  history.replaceState(history.state, "", url);
}

/** Filters as the address says, after a step back or forward. */
function recall() {
  const asked = new URL(location).searchParams;
  form().elements.filter.value = asked.get("filter") ?? "";
  form().elements.only.value = asked.get("only") ?? "all";
  apply();
}

/** A slash goes to the filter, as in many tools. */
function focusFilter(event) {
  const typing = event.target.matches("input, select, textarea");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    form().elements.filter.focus();
  }
}
