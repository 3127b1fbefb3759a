/** The matrix by keyboard: one stop for the tab key, and arrows within. Source: WAI-ARIA practices, grid. */

import { settle } from "./tables.js";

const PAGE = 10;

/** @type {HTMLElement | null} where the tab key stops */
let stop = null;

/** Moves with the keys from now on. */
export function start() {
  document.addEventListener("keydown", move);
  document.addEventListener("keydown", (event) => event.key === "Tab" && settle());
  document.addEventListener("focusin", (event) => {
    if (event.target.closest("section.keys tr[data-k]")) {
      stopAt(event.target);
    }
  });
}

/** Takes all cells of new rows out of the tab order, but for one. */
export function admit() {
  document.querySelectorAll("section.keys table").forEach((table) => table.setAttribute("role", "grid"));
  document.querySelectorAll("section.keys tr[data-k] a:not([tabindex])").forEach((link) => (link.tabIndex = -1));
  rove();
}

/** Moves the one stop to what is shown; whenever rows are shown or hidden. */
export function rove() {
  const row = stop?.closest("tr");
  if (!row?.isConnected || !isShown(row)) {
    stopAt(focusable(allRows().find(isShown)?.cells[0]));
  }
}

/** Gives the focus to something on the page; to a cell too, which otherwise takes none. */
export function enter(place) {
  if (place.closest("section.keys tr[data-k]")) {
    settle(); // what is not drawn takes no focus
    stopAt(place);
  }
  place.focus({ preventScroll: true });
}

function stopAt(place) {
  if (stop && stop !== place) {
    stop.tabIndex = -1;
  }
  stop = place ?? null;
  if (stop) {
    stop.tabIndex = 0;
  }
}

/** What takes the focus in a cell of the matrix: itself, or the link of a row's head. */
export function focusable(cell) {
  return cell?.matches("th") ? cell.querySelector("a") : cell;
}

const allRows = () => [...document.querySelectorAll("section.keys tr[data-k]")];

/** Whether a row is neither filtered out nor folded away; to ask the browser would lay out what is out of sight. */
function isShown(row) {
  return !row.hidden && (row.closest("details")?.open ?? true);
}

function move(event) {
  const cell = event.target.closest?.("section.keys tr[data-k] > *");
  if (!cell || event.altKey || event.metaKey) {
    return;
  }
  const next = focusable(target(event, cell));
  if (next) {
    event.preventDefault();
    enter(next);
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
}

/** The cell that a key leads to; nothing for any other key. */
function target({ key, ctrlKey }, cell) {
  const row = cell.parentElement;
  const column = cell.cellIndex;
  switch (key) {
    case "ArrowLeft":
      return row.cells[Math.max(column - 1, 0)];
    case "ArrowRight":
      return row.cells[Math.min(column + 1, row.cells.length - 1)];
    case "ArrowUp":
      return below(row, -1).cells[column];
    case "ArrowDown":
      return below(row, 1).cells[column];
    case "PageUp":
      return below(row, -PAGE).cells[column];
    case "PageDown":
      return below(row, PAGE).cells[column];
    case "Home":
      return ctrlKey ? below(row, -Infinity).cells[0] : row.cells[0];
    case "End":
      return ctrlKey ? below(row, Infinity).cells[row.cells.length - 1] : row.cells[row.cells.length - 1];
    default:
      return null;
  }
}

/** The row so many below this one, or the outermost. */
function below(row, steps) {
  const rows = allRows().filter(isShown);
  return rows[Math.min(Math.max(rows.indexOf(row) + steps, 0), rows.length - 1)];
}
