import { IconAlertTriangle, IconArrowsExchange, IconChartBar, IconPlug, IconServer2, IconSettings } from "@tabler/icons-react";
import { page, type Feature } from "@/app/feature";
import { ConflictBadge } from "./ConflictBadge";

/** Who has which port, how the services are, and what is wrong. */
export const ports: Feature = {
  places: [
    { to: "/ports", label: "Dashboard", icon: IconChartBar, section: "Ports", keywords: "ports range usage free statistics" },
    { to: "/ports/services", label: "Services", icon: IconServer2, section: "Ports", keywords: "health restart discover suites" },
    { to: "/ports/assignments", label: "Assignments", icon: IconPlug, section: "Ports", keywords: "ports reassign reserve bulk history" },
    { to: "/ports/moves", label: "Moves", icon: IconArrowsExchange, section: "Ports", keywords: "relocate drain switch gateway phases" },
    { to: "/ports/conflicts", label: "Conflicts", icon: IconAlertTriangle, section: "Ports", keywords: "duplicate resolve", badge: ConflictBadge },
    { to: "/ports/configuration", label: "Configuration", icon: IconSettings, section: "Ports", keywords: "backup restore reset plan export" },
  ],
  routes: [
    page("ports", () => import("./dashboard/DashboardPage")),
    page("ports/services", () => import("./services/ServicesPage")),
    page("ports/suites", () => import("./suite/SuitesPage")),
    page("ports/assignments", () => import("./assignments/AssignmentsPage")),
    page("ports/moves", () => import("./moves/MovesPage")),
    page("ports/conflicts", () => import("./conflicts/ConflictsPage")),
    page("ports/configuration", () => import("./configuration/ConfigurationPage")),
  ],
};
