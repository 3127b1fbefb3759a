/** Puts a new state of the page in place of the old one, and leaves whoever works with it where they are. */

import { arrange } from "./columns.js";
import { enter, focusable } from "./grid.js";
import { keep } from "./release.js";

/** What somebody types into, or is waiting for. */
const CARRIED = ["filters", "sides", "revisions", "probe", "stages", "verdict"];
const SCROLLED = ".grid, .choice ul, .scroll";
const MARKED_FOR = 4_000;

/** Replaces the main part; then tells with the event `assay:swapped`. */
export function swap(fresh) {
  const old = document.getElementById("main");
  const [focus, folds, choices] = [focusOf(old), foldsOf(old), choicesOf(old)];
  const [left, top] = [window.scrollX, window.scrollY];
  const scrolled = [...old.querySelectorAll(SCROLLED)].map((box) => [box.scrollLeft, box.scrollTop]);
  arrange(fresh);
  carry(old, fresh);
  old.replaceWith(fresh);
  fresh.querySelectorAll("details").forEach((details) => (details.open = folds.get(nameOf(details)) ?? details.open));
  choices.forEach(([name, value]) => choose(fresh, name, value));
  document.dispatchEvent(new CustomEvent("assay:swapped"));
  fresh.querySelectorAll(SCROLLED).forEach((box, number) => box.scrollTo(...(scrolled[number] ?? [0, 0])));
  const focused = focus?.(fresh);
  if (focused) {
    enter(focused);
  }
  window.scrollTo({ left, top, behavior: "instant" });
}

/** Marks, for a while, the cells whose values have changed. */
export function mark(changes) {
  const cells = changes.map(({ key, environment }) => cellAt(key, environment)).filter(Boolean);
  cells.forEach((cell) => cell.classList.add("changed"));
  setTimeout(() => cells.forEach((cell) => cell.classList.remove("changed")), MARKED_FOR);
}

/** The cell of a key in an environment; null where there is none. */
export function cellAt(key, environment) {
  const row = document.querySelector(`#main tr[data-k="${CSS.escape(key)}"]`);
  const heads = row ? [...row.closest("table").querySelectorAll("thead th")] : [];
  const column = heads.findIndex((head) => head.dataset.env === environment);
  return row?.cells[column] ?? null;
}

function carry(old, fresh) {
  keep(old, fresh);
  for (const id of CARRIED) {
    const [kept, next] = [old, fresh].map((main) => main.querySelector(`#${id}`));
    if (kept && next) {
      renew(kept, next);
      next.replaceWith(kept);
    }
  }
}

/** What a form tells of an environment is as new as the rest; what is typed into it stays. */
function renew(kept, next) {
  for (const told of next.querySelectorAll("output[data-of]")) {
    const stale = kept.querySelector(`output[data-of="${CSS.escape(told.dataset.of)}"]`);
    stale?.replaceChildren(...told.cloneNode(true).childNodes);
  }
}

/** How to find, in the new state, what has the focus in the old one. */
function focusOf(old) {
  const active = document.activeElement;
  if (!old.contains(active)) {
    return null;
  }
  if (CARRIED.some((id) => active.closest(`#${id}`))) {
    return () => active;
  }
  const row = active.closest("tr[data-k]");
  if (row) {
    const [key, column] = [row.dataset.k, active.closest("td, th").cellIndex];
    return () => focusable(document.querySelector(`#main tr[data-k="${CSS.escape(key)}"]`)?.cells[column]);
  }
  const path = pathOf(active, old);
  return (fresh) => path.reduce((place, number) => place?.children[number], fresh);
}

function pathOf(element, top) {
  const path = [];
  for (let place = element; place !== top; place = place.parentElement) {
    path.unshift([...place.parentElement.children].indexOf(place));
  }
  return path;
}

function foldsOf(old) {
  return new Map([...old.querySelectorAll("details")].map((details) => [nameOf(details), details.open]));
}

function nameOf(details) {
  const section = details.closest("[data-section]")?.dataset.section;
  return details.id || section || details.querySelector("summary")?.textContent;
}

function choicesOf(old) {
  return [...old.querySelectorAll("input[type=radio]:checked")].map(({ name, value }) => [name, value]);
}

function choose(fresh, name, value) {
  const choice = fresh.querySelector(`input[type=radio][name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]`);
  if (choice) {
    choice.checked = true;
  }
}
