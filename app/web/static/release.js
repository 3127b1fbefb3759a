/** Releasing, and going back: what is shown is what is released, or the service says why not. */

import { ask, BASE, csrf, Ended } from "./ask.js";

/** Releases from now on. */
export function start() {
  document.addEventListener("submit", (event) => {
    if (event.target.dataset.release && event.target.tagName === "FORM") {
      event.preventDefault();
      release(event.target);
    }
  });
}

async function release(form) {
  const button = form.querySelector("button");
  if (button.disabled) {
    return;
  }
  button.disabled = true;
  tell(form, "Releasing…");
  try {
    const problem = await refusal(form);
    problem ? tell(form, problem) : location.assign(form.dataset.next);
  } catch (error) {
    tell(form, error instanceof Ended ? "The session has ended." : "The service does not answer.");
  } finally {
    button.disabled = false;
  }
}

/** Why it was not released; nothing where it was. */
async function refusal(form) {
  const body = JSON.stringify({ ...JSON.parse(form.dataset.body), message: form.elements.message.value });
  const headers = { "Content-Type": "application/json", ...csrf() };
  const response = await ask(`${BASE}${form.dataset.release}`, { method: "POST", headers, body });
  return response.ok ? "" : (await response.json()).detail;
}

function tell(form, sentence) {
  form.querySelector(".told").textContent = sentence;
}
