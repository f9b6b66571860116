import { IconLayoutDashboard } from "@tabler/icons-react";
import { page, type Feature } from "@/app/feature";

/** What needs attention first. */
export const overview: Feature = {
  places: [{ to: "/", label: "Overview", icon: IconLayoutDashboard, section: "", keywords: "home dashboard start" }],
  routes: [page("", () => import("./OverviewPage"))],
};
