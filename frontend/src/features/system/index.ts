import { IconServer2 } from "@tabler/icons-react";
import { page, type Feature } from "@/app/feature";

/** The platform itself. */
export const system: Feature = {
  places: [
    { to: "/system", label: "System", icon: IconServer2, section: "Administration", keywords: "health services executors workers api documents" },
  ],
  routes: [page("system", () => import("./SystemPage"))],
};
