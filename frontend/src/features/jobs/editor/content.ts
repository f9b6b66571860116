/** Contents of files, as a definition holds them: base64. */

/** How many bytes a base64 text stands for; nothing if it is none. */
export function base64Size(base64: string): number | null {
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) return null;
  const padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
  return (base64.length / 4) * 3 - padding;
}

/** The text that a content is; nothing if it is none, such as a program. */
export function textOfBase64(base64: string): string | null {
  if (base64Size(base64) === null) return null;
  try {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    // A mark of byte order would be lost on the way back.
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes("\u0000") ? null : text;
  } catch {
    return null;
  }
}

/** Bytes as base64. */
export function bytesToBase64(bytes: Uint8Array): string {
  let binary = "";
  // In pieces: the number of arguments of a call is limited.
  for (let from = 0; from < bytes.length; from += 0x8000) binary += String.fromCharCode(...bytes.subarray(from, from + 0x8000));
  return btoa(binary);
}

/** A text as base64 of its UTF-8 form. */
export const textToBase64 = (text: string): string => bytesToBase64(new TextEncoder().encode(text));
