/** Releasing, and going back: what is shown is what is released, or the service says why not. */

import { ask, BASE, csrf, Ended } from "./ask.js";

const FORM = "form[data-release]";

/** Releases from now on. */
export function start() {
  document.addEventListener("submit", (event) => {
    if (event.target.dataset.release && event.target.tagName === "FORM") {
      event.preventDefault();
      release(event.target);
    }
  });
}

/** Takes what somebody types, and what they are told, over into a new state of the page. */
export function keep(old, fresh) {
  const [mine, other] = [old, fresh].map((main) => main.querySelector(FORM));
  if (mine && other && mine.dataset.release === other.dataset.release) {
    other.elements.message.value = mine.elements.message.value;
    other.querySelector("button").disabled = mine.querySelector("button").disabled;
    tell(other, mine.querySelector(".told").textContent);
  }
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
    problem ? tell(current(form), problem) : location.assign(form.dataset.next);
  } catch (error) {
    tell(current(form), error instanceof Ended ? "The session has ended." : "The service does not answer.");
  } finally {
    current(form).querySelector("button").disabled = false;
  }
}

/** Why it was not released; nothing where it was. */
async function refusal(form) {
  const body = JSON.stringify({ ...JSON.parse(form.dataset.body), message: form.elements.message.value });
  const headers = { "Content-Type": "application/json", ...csrf() };
  const response = await ask(`${BASE}${form.dataset.release}`, { method: "POST", headers, body });
  return response.ok ? "" : (await response.json()).detail;
}

/** The form as it stands in the page now, which may have been renewed meanwhile. */
function current(form) {
  const there = document.querySelector(FORM);
  return there?.dataset.release === form.dataset.release ? there : form;
}

function tell(form, sentence) {
  form.querySelector(".told").textContent = sentence;
}
