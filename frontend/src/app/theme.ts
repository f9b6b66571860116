/** Looks: what components are given when a page does not say otherwise. */

import { createTheme, Drawer, Modal, Select, Tooltip } from "@mantine/core";

/** A button that is only a cross needs a name. */
const CLOSE = { "aria-label": "Close" };

/**
 * Colours and variables are in theme.css: the content security policy forbids styles that scripts
 * add to the page, so nothing here may make any (no scroll lock, no responsive style props).
 */
export const theme = createTheme({
  primaryColor: "indigo",
  components: {
    Modal: Modal.extend({ defaultProps: { lockScroll: false, centered: true, closeButtonProps: CLOSE } }),
    Drawer: Drawer.extend({ defaultProps: { lockScroll: false, closeButtonProps: CLOSE } }),
    Select: Select.extend({ defaultProps: { allowDeselect: false } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 300, withArrow: true } }),
  },
});
