/** The columns of the matrix: on a narrow screen what is production-like comes first, where nobody chose otherwise. */

const NARROW = "(width < 48rem)";

/** Puts them in order from now on. */
export function start() {
  arrange(document);
  unfold();
  addEventListener("hashchange", unfold);
}

/** Moves the production-like columns beside the keys; the order of the address, and pinned ones, stay. */
export function arrange(root) {
  const asked = new URL(location).searchParams;
  if (!matchMedia(NARROW).matches || asked.has("columns") || asked.has("pinned")) {
    return;
  }
  const heads = [...root.querySelectorAll(".ruler thead th")];
  const first = heads.filter((head) => head.hasAttribute("data-production")).map((head) => heads.indexOf(head));
  if (first.length === 0 || first.every((column, number) => column === number + 1)) {
    return;
  }
  for (const row of root.querySelectorAll(".matrix tr")) {
    row.cells[0].after(...first.map((column) => row.cells[column]));
  }
}

/** A change of the columns leads back to their list. */
function unfold() {
  if (location.hash === "#columns") {
    document.getElementById("columns")?.setAttribute("open", "");
  }
}
