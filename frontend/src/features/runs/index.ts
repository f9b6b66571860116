import { IconPlayerPlay } from "@tabler/icons-react";
import { page, type Feature } from "@/app/feature";

/** What was started, what runs, and what came of it. */
export const runs: Feature = {
  places: [{ to: "/runs", label: "Runs", icon: IconPlayerPlay, section: "Automation", keywords: "executions history output logs" }],
  routes: [
    page("runs", () => import("./RunsPage")),
    page("runs/:id", () => import("./RunPage")),
    page("runs/:id/compare/:other", () => import("./ComparePage")),
  ],
};
