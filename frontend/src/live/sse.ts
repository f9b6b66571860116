/** Server-sent events, out of a text that comes in pieces. */

/** One event. */
export interface ServerEvent {
  /** Its number, if it has one. */
  id: string | undefined;
  event: string;
  data: string;
}

/** Cuts a stream into events; what is not whole yet waits for the next piece. */
export class EventParser {
  #rest = "";
  #id: string | undefined;
  #event = "";
  #data: string[] = [];

  /** The events that this piece makes whole. */
  push(piece: string): ServerEvent[] {
    const found: ServerEvent[] = [];
    // A carriage return at the end may be the first half of a line end.
    const text = this.#rest + piece;
    const held = text.endsWith("\r") ? 1 : 0;
    const lines = text.slice(0, text.length - held).split(/\r\n|\n|\r/);
    this.#rest = (lines.pop() ?? "") + text.slice(text.length - held);
    for (const line of lines) {
      if (line === "") this.#finish(found);
      else this.#take(line);
    }
    return found;
  }

  #take(line: string): void {
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + (line[colon + 1] === " " ? 2 : 1));
    if (field === "data") this.#data.push(value);
    else if (field === "event") this.#event = value;
    else if (field === "id") this.#id = value;
  }

  #finish(found: ServerEvent[]): void {
    if (this.#data.length > 0) {
      found.push({ id: this.#id, event: this.#event || "message", data: this.#data.join("\n") });
    }
    this.#id = undefined;
    this.#event = "";
    this.#data = [];
  }
}
