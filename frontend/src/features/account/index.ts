import type { Feature } from "@/app/feature";
import { page } from "@/app/feature";

/** One's own password, sessions and looks. */
export const account: Feature = {
  routes: [page("account", () => import("./AccountPage"))],
};
