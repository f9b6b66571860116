import { IconUserPlus, IconUsers } from "@tabler/icons-react";
import { page, type Feature } from "@/app/feature";

/** People, their roles and passwords. */
export const users: Feature = {
  places: [{ to: "/users", label: "Users", icon: IconUsers, section: "Administration", keywords: "people accounts roles", least: "admin" }],
  commands: [{ label: "Add a user", to: "/users?new=yes", icon: IconUserPlus, least: "admin" }],
  routes: [page("users", () => import("./UsersPage"), "admin")],
};
