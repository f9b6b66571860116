/**
 * The tokens of this tab's session.
 *
 * The access token lives in memory only. Of the refresh token, scripts hold the half that stays for
 * the session, shared by all tabs; the half that each exchange changes is in a cookie that they
 * cannot read and that ends with the browser. A refresh token works once, so tabs take turns.
 */

import axios from "axios";
import type { components } from "./schema/auth";

type TokenPair = components["schemas"]["TokenPair"];
/** What a sign-in says beside the tokens. */
export type Notice = components["schemas"]["Notice"];

const HALF = "opsc.session";
/** Tells other tabs who is signed in: a name, or nothing after signing out. */
const OWNER = "opsc.session.user";
const LOCK = "opsc-refresh";
/** Renews an access token so long before it ends, in milliseconds. */
const MARGIN = 10_000;

/** Without interceptors: these calls decide about the session themselves. */
const plain = axios.create({
  baseURL: "/api",
  timeout: 20_000,
  headers: { "X-Opsc-Client": "browser" },
});

let access: { token: string; until: number } | undefined;
let refreshing: Promise<string> | undefined;

/** Whether an earlier page may have left a session to go on with. */
export const hasSession = (): boolean => localStorage.getItem(HALF) !== null;

/** Remembers whose session the tabs share. */
export function setSessionOwner(username: string): void {
  localStorage.setItem(OWNER, username);
}

/** Calls `listener` when another tab signs out, or in as somebody else. */
export function onOwnerChange(listener: (username: string | null) => void): void {
  addEventListener("storage", (event) => {
    if (event.key === OWNER && event.newValue !== event.oldValue) listener(event.newValue);
  });
}

function keep(pair: TokenPair): string {
  access = { token: pair.access_token, until: Date.now() + pair.expires_in * 1000 };
  localStorage.setItem(HALF, pair.refresh_token);
  return pair.access_token;
}

/** Forgets the tokens; what the server knows of the session stays. */
export function forgetTokens(): void {
  access = undefined;
  localStorage.removeItem(HALF);
  localStorage.removeItem(OWNER);
}

/** Exchanges name and password for tokens. */
export async function requestTokens(username: string, password: string): Promise<TokenPair> {
  const { data } = await plain.post<TokenPair>("/login", { username, password });
  keep(data);
  return data;
}

/** An access token that is good now. */
export function accessToken(): Promise<string> {
  if (access && Date.now() < access.until - MARGIN) return Promise.resolve(access.token);
  return renewToken();
}

/** A new access token; one renewal at a time, in this tab and across tabs. */
export function renewToken(): Promise<string> {
  refreshing ??= exchangeInTurn().finally(() => {
    refreshing = undefined;
  });
  return refreshing;
}

async function exchangeInTurn(): Promise<string> {
  return await navigator.locks.request(LOCK, async () => {
    const { data } = await plain.post<TokenPair>("/refresh", {
      refresh_token: localStorage.getItem(HALF) ?? "none",
    });
    return keep(data);
  });
}

/** Ends the session at the server. */
export async function revokeSession(): Promise<void> {
  const token = await accessToken();
  await plain.post("/logout", {}, { headers: { Authorization: `Bearer ${token}` } });
}
