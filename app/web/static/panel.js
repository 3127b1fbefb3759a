/** The explanation of a value, opened beside the view that it was asked from; its address can be shared. */

import { Ended, part } from "./ask.js";
import { keep } from "./edit.js";
import { enter, focusable } from "./grid.js";
import { tell } from "./status.js";
import { cellAt } from "./swap.js";

/** How to find what had the focus when the panel was opened, even where the view was renewed meanwhile. */
let opener = () => null;

/** What the panel explains, or tries to. */
let explained = "";

/** Opens and closes explanations from now on. */
export function start() {
  document.addEventListener("click", clicked);
  document.addEventListener("keydown", pressed);
  document.addEventListener("assay:swapped", point);
  addEventListener("popstate", returned);
  explained = explanation(location);
  centre(point());
}

/**
 * Opens the explanation that an address asks for.
 *
 * @param {string | URL} address
 * @throws {Ended | Lost} there is nobody to ask
 */
export async function open(address) {
  const fresh = await part(address, "panel");
  if (["key", "environment"].some((name) => asked(address).get(name) !== asked(location).get(name))) {
    return; // somebody has gone on meanwhile
  }
  const [scrolled, focused] = [panel().scrollTop, document.activeElement];
  fresh.hidden = false;
  keep(panel(), fresh);
  panel().replaceWith(fresh);
  fresh.scrollTop = scrolled;
  if (fresh.contains(focused)) {
    focused.focus({ preventScroll: true }); // what is typed into stays in hand
  }
  point();
}

/** The address of the view as it is without an explanation. */
export function addressOfView() {
  return asked(location).has("key") ? addressed("", history.state?.narrowed) : new URL(location);
}

/** Marks the row whose value is explained. */
function point() {
  document.querySelectorAll("#main tr[aria-current]").forEach((row) => row.removeAttribute("aria-current"));
  const key = asked(location).get("key");
  const row = key ? document.querySelector(`#main tr[data-k="${CSS.escape(key)}"]`) : null;
  row?.setAttribute("aria-current", "true");
  return row;
}

/** Scrolls the matrix, and nothing around it, so that a row, and the explained environment in it, are in sight. */
function centre(row) {
  const grid = row?.closest(".grid");
  if (grid) {
    const cell = cellAt(row.dataset.k, asked(location).get("environment"));
    const free = grid.getBoundingClientRect().left + row.cells[0].offsetWidth;
    grid.scrollLeft += cell ? Math.min(0, cell.getBoundingClientRect().left - free) : 0;
    grid.scrollLeft += cell ? Math.max(0, cell.getBoundingClientRect().right - grid.getBoundingClientRect().right) : 0;
    grid.scrollTop += row.getBoundingClientRect().top - grid.getBoundingClientRect().top - grid.clientHeight / 2;
  }
}

const panel = () => document.getElementById("panel");
const asked = (address) => new URL(address).searchParams;

/** Opens the panel and takes the focus there. */
async function attempt(address) {
  try {
    await open(address);
    panel().scrollTop = 0;
    const title = panel().querySelector("h2") ?? panel();
    title.tabIndex = -1;
    title.focus();
  } catch (error) {
    if (!(error instanceof Ended)) {
      tell("The service does not answer; this value cannot be explained now.");
    }
  }
}

function shut() {
  panel().hidden = true;
  panel().replaceChildren();
  point();
  enter(opener() ?? document.getElementById("main"));
  opener = () => null;
}

function clicked(event) {
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) {
    return;
  }
  const link = event.target.closest("a[href]:not([href^='#'])");
  const address = link ? addressOfLink(link) : addressOfCell(event.target.closest("section.keys td"));
  if (address && getSelection().isCollapsed) {
    event.preventDefault();
    go(address, link ?? event.target);
  }
}

function pressed(event) {
  const cell = event.target.closest?.("section.keys td");
  if (event.key === "Enter" && cell) {
    go(addressOfCell(cell), cell);
  } else if (event.key === "Escape" && !panel().hidden && !event.target.matches("input, select, textarea")) {
    go(addressOfView(), event.target);
  }
}

/** After a step back or forward; a jump within the page is none, and keeps the focus that it gave. */
function returned() {
  if (explanation(location) !== explained) {
    explained = explanation(location);
    asked(location).has("key") ? attempt(location.href) : shut();
  }
}

const explanation = (address) => ["key", "environment"].map((name) => asked(address).get(name)).join("\n");

/** Goes to an address of this view, which then can be left again with a step back. */
function go(address, from) {
  const here = asked(location);
  // Beside a key the environment says whose value is explained; what the view was narrowed to is kept apart.
  const narrowed = here.has("key") ? history.state?.narrowed : here.get("environment");
  history.pushState({ narrowed }, "", address);
  explained = explanation(location);
  if (asked(address).has("key")) {
    opener = panel().contains(from) ? opener : finder(from);
    attempt(address);
  } else {
    shut();
  }
}

/** Where a link leads, if that is an explanation beside this view, or this view without one. */
function addressOfLink(link) {
  const url = new URL(link.href);
  const here = new URL(location);
  const same = url.origin === here.origin && url.pathname === here.pathname && view(url) === view(here);
  if (same && url.searchParams.has("key")) {
    return addressed(asked(url).get("key"), asked(url).get("environment"));
  }
  return link.matches("#panel .close") ? addressOfView() : null;
}

const view = (url) => url.searchParams.get("view") ?? "overview";

function addressOfCell(cell) {
  const row = cell?.closest("tr[data-k]");
  const head = row?.closest("table").tHead.rows[0].cells[cell.cellIndex];
  return head ? addressed(row.dataset.k, head.dataset.env) : null;
}

/** The address of this view as it is filtered now, with one explanation or without. */
function addressed(key, environment) {
  const url = new URL(location);
  url.hash = "";
  for (const [name, value] of [["key", key], ["environment", environment]]) {
    value ? url.searchParams.set(name, value) : url.searchParams.delete(name);
  }
  return url;
}

function finder(element) {
  const cell = element.closest("tr[data-k] > *");
  if (!cell) {
    return () => (element.isConnected ? element : null);
  }
  const [key, column] = [cell.parentElement.dataset.k, cell.cellIndex];
  return () => focusable(document.querySelector(`#main tr[data-k="${CSS.escape(key)}"]`)?.cells[column]);
}
