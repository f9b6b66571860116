/** Calls to the services: every request carries the token, every failure is a `Problem`. */

import axios, { type InternalAxiosRequestConfig } from "axios";
import { reportAnswer, reportNoAnswer } from "./connection";
import { NO_ANSWER, Problem, toProblem } from "./problem";
import { accessToken, renewToken } from "./tokens";

declare module "axios" {
  interface InternalAxiosRequestConfig {
    /** The request was sent again with a new token. */
    replayed?: boolean;
  }
}

/** Asks for the person's password when the session is over; false if nobody gives it. */
type SessionEnded = () => Promise<boolean>;
let sessionEnded: SessionEnded = () => Promise.resolve(false);

/** Says what happens when the server has ended the session. */
export function onSessionEnded(handler: SessionEnded): void {
  sessionEnded = handler;
}

/** Paths begin below `/api`, such as `/v1/targets` or `/ports/assignments`. */
export const http = axios.create({ baseURL: "/api", timeout: 30_000 });

http.interceptors.request.use(async (config) => {
  config.headers.set("Authorization", `Bearer ${await freshToken(accessToken)}`);
  return config;
});

http.interceptors.response.use(
  (answer) => {
    reportAnswer();
    return answer;
  },
  async (failure: unknown) => {
    const problem = toProblem(failure);
    // Who asked does not want to know any more: that says nothing about the server.
    if (axios.isCancel(failure)) throw problem;
    if (problem.code === NO_ANSWER) reportNoAnswer();
    else reportAnswer();
    const config = axios.isAxiosError(failure) ? failure.config : undefined;
    if (problem.status !== 401 || !config || config.replayed) throw problem;
    return replay(config);
  },
);

/** Sends a request again that was refused for its token. */
async function replay(config: InternalAxiosRequestConfig): Promise<unknown> {
  config.replayed = true;
  await freshToken(renewToken);
  return http.request(config);
}

/** A token, or after the end of the session the one of the next sign-in. */
async function freshToken(get: () => Promise<string>): Promise<string> {
  try {
    return await get();
  } catch (failure) {
    const problem = toProblem(failure);
    if (problem.code === NO_ANSWER) reportNoAnswer();
    if (problem.status !== 401 && problem.status !== 403) throw problem;
    if (await sessionEnded()) return accessToken();
    throw new Problem(401, "session.over", "Your session has ended. Sign in again.");
  }
}
