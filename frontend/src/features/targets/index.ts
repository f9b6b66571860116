import { IconFileImport, IconServer, IconServerCog } from "@tabler/icons-react";
import { page, type Feature } from "@/app/feature";

/** Machines and addresses that steps run against. */
export const targets: Feature = {
  places: [
    {
      to: "/targets",
      label: "Targets",
      icon: IconServer,
      section: "Automation",
      keywords: "machines hosts servers inventory ssh winrm",
    },
  ],
  commands: [
    { label: "Add target", to: "/targets?new=yes", icon: IconServerCog, least: "operator" },
    { label: "Import targets", to: "/targets/import", icon: IconFileImport, least: "operator" },
  ],
  routes: [
    page("targets", () => import("./TargetsPage")),
    page("targets/import", () => import("./import/ImportPage"), "operator"),
    page("targets/graph", () => import("./graph/GraphPage")),
    page("targets/:id", () => import("./TargetPage")),
  ],
};
