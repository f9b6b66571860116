import { IconChecklist, IconPlus } from "@tabler/icons-react";
import { page, type Feature } from "@/app/feature";

/** What can be run: jobs, their versions and their editor. */
export const jobs: Feature = {
  places: [{ to: "/jobs", label: "Jobs", icon: IconChecklist, section: "Automation", keywords: "definitions runbooks playbooks" }],
  commands: [{ label: "New job", to: "/jobs/new", icon: IconPlus, least: "operator" }],
  routes: [
    page("jobs", () => import("./JobsPage")),
    page("jobs/new", () => import("./editor/EditorPage"), "operator"),
    page("jobs/:id", () => import("./JobPage")),
    page("jobs/:id/edit", () => import("./editor/EditorPage"), "operator"),
  ],
};
