/** All features, in the order of the menu. */

import { account } from "@/features/account";
import { audit } from "@/features/audit";
import { credentials } from "@/features/credentials";
import { jobs } from "@/features/jobs";
import { overview } from "@/features/overview";
import { ports } from "@/features/ports";
import { runs } from "@/features/runs";
import { sessions } from "@/features/sessions";
import { system } from "@/features/system";
import { targets } from "@/features/targets";
import { users } from "@/features/users";
import type { Feature } from "./feature";

export const FEATURES: readonly Feature[] = [overview, runs, jobs, targets, credentials, ports, users, sessions, audit, system, account];
