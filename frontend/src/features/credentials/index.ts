import { IconKey, IconLockPlus } from "@tabler/icons-react";
import { page, type Feature } from "@/app/feature";

/** Secrets to sign in to targets with. */
export const credentials: Feature = {
  places: [
    {
      to: "/credentials",
      label: "Credentials",
      icon: IconKey,
      section: "Automation",
      keywords: "secrets passwords keys vault rotate",
    },
  ],
  commands: [{ label: "Add credential", to: "/credentials?new=yes", icon: IconLockPlus, least: "operator" }],
  routes: [page("credentials", () => import("./CredentialsPage")), page("credentials/:id", () => import("./CredentialPage"))],
};
