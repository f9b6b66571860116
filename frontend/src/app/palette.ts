/** Whether the palette is open. */

import { Store } from "@/api/store";

/** Watched by the shell, which loads the palette when it is opened first. */
export const paletteOpen = new Store(false);

/** Shows the palette. */
export const openPalette = (): void => paletteOpen.set(true);
