/** Who is signed in: the state of the session and what changes it. */

import { useSyncExternalStore } from "react";
import { toProblem } from "./problem";
import { http, onSessionEnded } from "./http";
import type { components } from "./schema/auth";
import { Store } from "./store";
import {
  forgetTokens,
  hasSession,
  onOwnerChange,
  type Notice,
  requestTokens,
  revokeSession,
  setSessionOwner,
} from "./tokens";

/** Who is signed in. */
export type User = components["schemas"]["VerifiedUser"];
/** What a person is trusted with; each role includes the ones before it. */
export type Role = components["schemas"]["Role"];

/** State of the session in this tab. */
export type Session =
  | { state: "starting" }
  | { state: "signed-out" }
  | SignedIn
  /** It ended while somebody worked: the page stays, and waits for the password. */
  | { state: "expired"; user: User };

interface SignedIn {
  state: "signed-in";
  user: User;
  /** The password is one that everybody knows. */
  mustChangePassword: boolean;
  /** What the person should know since the last sign-in. */
  notices: readonly Notice[];
}

const ORDER: readonly Role[] = ["viewer", "operator", "admin"];
const MUST_CHANGE = "opsc.must-change";
const session = new Store<Session>({ state: "starting" });
/** Requests that wait until the person has signed in again. */
let waiting: { go: () => void; stop: () => void }[] = [];

/** The session, watched. */
export const useSession = (): Session => useSyncExternalStore(session.watch, session.get);

/** Who is signed in; only below the sign-in page. */
export function useUser(): User {
  const now = useSession();
  if (now.state === "signed-in" || now.state === "expired") return now.user;
  throw new Error("nobody is signed in");
}

/** Whether the person has this role or a higher one. */
export function useRole(least: Role): boolean {
  return hasRole(useUser().role, least);
}

/** Whether `role` includes `least`. */
export const hasRole = (role: Role, least: Role): boolean => ORDER.indexOf(role) >= ORDER.indexOf(least);

/** Goes on with the session that an earlier page left, if there is one. */
export async function startSession(): Promise<void> {
  onSessionEnded(sessionEnded);
  onOwnerChange((owner) => {
    const now = session.get();
    const name = "user" in now ? now.user.username : null;
    if (owner !== name) location.reload();
  });
  if (!hasSession()) {
    session.set({ state: "signed-out" });
    return;
  }
  try {
    await enter([], sessionStorage.getItem(MUST_CHANGE) === "true");
  } catch (failure) {
    if (toProblem(failure).isPassing) throw failure;
    session.set({ state: "signed-out" });
  }
}

/** Signs in; a session that had ended goes on, with all that waited for it. */
export async function signIn(username: string, password: string): Promise<void> {
  const before = session.get();
  try {
    const pair = await requestTokens(username, password);
    sessionStorage.setItem(MUST_CHANGE, String(pair.must_change_password ?? false));
    await enter(pair.notices ?? [], pair.must_change_password ?? false);
  } catch (failure) {
    throw toProblem(failure);
  }
  const now = session.get();
  if (before.state === "expired" && now.state === "signed-in" && before.user.id !== now.user.id) {
    // What is on the page belongs to somebody else.
    location.reload();
    return;
  }
  settle("go");
}

/** Proves once more who works here, for acts that want a fresh sign-in; the earlier session ends. */
export async function signInAgain(password: string): Promise<void> {
  const now = session.get();
  if (now.state !== "signed-in") throw new Error("nobody is signed in");
  const { data } = await http.get<components["schemas"]["SessionList"]>("/v1/auth/sessions");
  await signIn(now.user.username, password);
  // Not by signing out, which would take the cookie of the new one. A person may have few sessions.
  const before = data.sessions.find((one) => one.current);
  if (before) await http.delete(`/v1/auth/sessions/${before.id}`).catch(() => undefined);
}

async function enter(notices: readonly Notice[], mustChangePassword: boolean): Promise<void> {
  const { data } = await http.get<components["schemas"]["Verified"]>("/v1/auth/verify");
  setSessionOwner(data.user.username);
  session.set({ state: "signed-in", user: data.user, mustChangePassword, notices });
}

/** Signs out here and, if it can be reached, at the server. */
export async function signOut(): Promise<void> {
  await revokeSession().catch(() => undefined);
  leave();
}

/** Forgets the session without asking the server. */
export function leave(): void {
  forgetTokens();
  session.set({ state: "signed-out" });
  settle("stop");
}

/** The password is no start value any more. */
export function passwordChanged(): void {
  sessionStorage.removeItem(MUST_CHANGE);
  const now = session.get();
  if (now.state === "signed-in") session.set({ ...now, mustChangePassword: false });
}

/** Hides what the sign-in told. */
export function dismissNotices(): void {
  const now = session.get();
  if (now.state === "signed-in") session.set({ ...now, notices: [] });
}

/** The server has ended the session: waits until somebody signs in again; false if nobody does. */
function sessionEnded(): Promise<boolean> {
  const now = session.get();
  if (now.state !== "signed-in" && now.state !== "expired") return Promise.resolve(false);
  session.set({ state: "expired", user: now.user });
  return new Promise((resolve) => {
    waiting.push({ go: () => resolve(true), stop: () => resolve(false) });
  });
}

function settle(how: "go" | "stop"): void {
  const before = waiting;
  waiting = [];
  for (const one of before) one[how]();
}
