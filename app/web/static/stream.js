/** Server-sent events out of an answer. Source: WHATWG HTML, 9.2.6. */

const END_OF_EVENT = /\r\n\r\n|\n\n|\r\r/;

/**
 * The events as they come.
 *
 * @param {Response} response an answer of the type text/event-stream
 * @param {() => void} alive called whenever anything comes, comments included
 * @returns {AsyncGenerator<{name: string, data: string}>}
 */
export async function* events(response, alive = () => {}) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return;
    }
    alive();
    const blocks = (waiting + value).split(END_OF_EVENT);
    waiting = blocks.pop();
    yield* blocks.map(parsed).filter((event) => event.data);
  }
}

function parsed(block) {
  const event = { name: "message", data: "" };
  for (const line of block.split(/\r\n|\n|\r/)) {
    const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line);
    if (field === "event") {
      event.name = value;
    } else if (field === "data") {
      event.data += event.data ? `\n${value}` : value;
    }
  }
  return event;
}
