import { useEffect, useState } from "react";

/** Leads the focus back to where it was, when what took it goes away. */
export function useReturnFocus(): void {
  const [origin] = useState(originOf);
  useEffect(
    () => () => {
      if (origin?.isConnected) origin.focus({ preventScroll: true });
    },
    [origin],
  );
}

/** What has the focus; of an item of a menu, which goes away, what opened the menu. */
function originOf(): HTMLElement | null {
  const { activeElement } = document;
  if (!(activeElement instanceof HTMLElement)) return null;
  const opener = activeElement.closest('[role="menu"]')?.getAttribute("aria-labelledby");
  return opener ? document.getElementById(opener) : activeElement;
}
