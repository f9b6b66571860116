/** Moments in the address, and as a field for date and time shows them. */

/** RFC 3339 as local date and time, such as `2026-11-26T04:30`; nothing if it is no moment. */
export function toField(moment: string): string {
  const date = new Date(moment);
  if (Number.isNaN(date.getTime())) return "";
  const two = (number: number) => String(number).padStart(2, "0");
  const day = `${String(date.getFullYear()).padStart(4, "0")}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** Local date and time as RFC 3339; nothing if it is not complete. */
export function fromField(text: string): string {
  const date = new Date(text);
  return text === "" || Number.isNaN(date.getTime()) ? "" : date.toISOString();
}
