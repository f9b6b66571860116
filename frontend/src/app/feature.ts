/** What a feature brings to the app: its pages, and where they are found. */

import type { Icon } from "@tabler/icons-react";
import type { ComponentType } from "react";
import type { RouteObject } from "react-router";
import type { Role } from "@/api/session";

/** Parts of the product, in the order of the menu. */
export const SECTIONS = ["", "Automation", "Ports", "Administration"] as const;

/** A place in the menu and in the palette. */
export interface Place {
  to: string;
  label: string;
  icon: Icon;
  section: (typeof SECTIONS)[number];
  /** Words that find it as well. */
  keywords?: string;
  /** Who may go there; everybody unless given. */
  least?: Role;
  /** Shown at its end, such as a number of conflicts. */
  badge?: ComponentType;
}

/** Something that can be begun from everywhere. */
interface Command {
  label: string;
  to: string;
  icon: Icon;
  least?: Role;
}

/** One feature folder. */
export interface Feature {
  places?: readonly Place[];
  commands?: readonly Command[];
  routes: readonly RouteObject[];
}

/** What the shell reads of a route. */
export interface RouteHandle {
  least?: Role;
}

/** A page that is loaded when somebody goes there. */
export function page(
  path: string,
  load: () => Promise<{ default: ComponentType }>,
  least?: Role,
): RouteObject {
  const handle: RouteHandle = least ? { least } : {};
  return { path, handle, lazy: async () => ({ Component: (await load()).default }) };
}
