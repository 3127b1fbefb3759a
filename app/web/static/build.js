/** Small pieces of the page, made of text alone. */

import { plain } from "./text.js";

/** An element of a class with what stands in it; what is text is shown as text. */
export function element(name, className, ...content) {
  const made = document.createElement(name);
  if (className) {
    made.className = className;
  }
  made.append(...content.map((part) => (typeof part === "string" ? plain(part) : part)));
  return made;
}

/** A list of what stands in each item. */
export function listed(items) {
  return element("ul", "plain", ...items.map((item) => element("li", "", ...[item].flat())));
}

/** A table of texts that scrolls where it is too wide. */
export function table(label, heads, rows) {
  const head = heads.map((text) => Object.assign(element("th", "", text), { scope: "col" }));
  const cell = (text) => element("td", "", element("bdi", "", text));
  const body = rows.map((texts) => element("tr", "", ...texts.map(cell)));
  const top = element("thead", "", element("tr", "", ...head));
  const box = element("div", "scroll", element("table", "list", top, element("tbody", "", ...body)));
  box.tabIndex = 0;
  box.role = "region";
  box.ariaLabel = label;
  return box;
}
