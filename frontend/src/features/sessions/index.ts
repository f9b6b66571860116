import { IconDevices } from "@tabler/icons-react";
import { page, type Feature } from "@/app/feature";

/** Who is signed in where, who has to wait, and the keys that sign tokens. */
export const sessions: Feature = {
  places: [
    { to: "/sessions", label: "Sessions", icon: IconDevices, section: "Administration", keywords: "sign-in lockout keys rotate revoke", least: "admin" },
  ],
  routes: [page("sessions", () => import("./SessionsPage"), "admin")],
};
