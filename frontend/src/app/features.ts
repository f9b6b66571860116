/** All features, in the order of the menu. */

import { account } from "@/features/account";
import { overview } from "@/features/overview";
import { ports } from "@/features/ports";
import { system } from "@/features/system";
import { users } from "@/features/users";
import type { Feature } from "./feature";

export const FEATURES: readonly Feature[] = [overview, ports, users, system, account];
