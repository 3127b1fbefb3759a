/** Copies a fix, or a link, so that it can be pasted where it belongs. */

import { tell } from "./status.js";

/** Copies from now on. */
export function start() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button.copy");
    if (button) {
      copy(button);
    }
  });
}

async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy ?? new URL(button.dataset.copyLink, location).href);
    tell("Copied.");
  } catch {
    select(button);
    tell("The browser does not let the page copy. The text is selected: copy it with Ctrl+C.");
  }
}

/** Selects the text that the button stands beside. */
function select(button) {
  const item = button.closest("li, p, div");
  const text = button.closest("li")?.querySelector(".paste") ?? item?.querySelector(".fix, a") ?? button.parentElement;
  getSelection().selectAllChildren(text);
}
