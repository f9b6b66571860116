/** A port as it was typed; none if it cannot be one. */
export function parsePort(typed: string | number): number | null {
  const text = String(typed).trim();
  if (!/^\d{1,5}$/.test(text)) return null;
  const port = Number(text);
  return port >= 1 && port <= 65_535 ? port : null;
}
