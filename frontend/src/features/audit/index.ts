import { IconShieldCheck } from "@tabler/icons-react";
import { page, type Feature } from "@/app/feature";

/** Who did what, and the proof that nobody changed the record. */
export const audit: Feature = {
  places: [
    { to: "/audit", label: "Audit", icon: IconShieldCheck, section: "Administration", keywords: "log record history chain verify", least: "admin" },
  ],
  routes: [page("audit", () => import("./AuditPage"), "admin")],
};
