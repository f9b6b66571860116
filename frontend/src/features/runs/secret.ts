/** Names that say that the value is nobody's business. */
const TELLING = /pass(word|phrase|wd)?$|secret|token|api_?key|private_?key/i;

/** Whether a parameter is a secret: the run or its job says so, or its name does. */
export function isSecret(name: string, value: unknown, definition: Record<string, unknown> | undefined): boolean {
  // What the server tells in the place of a secret; no other value is an object.
  if (typeof value === "object" && value !== null) return true;
  const parameters = definition?.["parameters"];
  const own: unknown = typeof parameters === "object" && parameters !== null ? (parameters as Record<string, unknown>)[name] : undefined;
  const declared = typeof own === "object" && own !== null && "type" in own && own.type === "secret";
  return declared || TELLING.test(name);
}
