/** Text in a code editor. */

import type { Locator } from "@playwright/test";

/** Replaces all text of an editor, as pasting does. */
export async function paste(editor: Locator, text: string): Promise<void> {
  await editor.focus();
  await editor.press("Control+a");
  await editor.evaluate((element, pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", pasted);
    element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}
