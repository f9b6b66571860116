/** What a service says when it refuses or fails: RFC 9457, problem details. */

import { isAxiosError } from "axios";

/** One field at fault. */
export interface FieldFault {
  field: string;
  code: string;
  detail: string;
}

/** A request that did not succeed. */
export class Problem extends Error {
  override readonly name = "Problem";

  constructor(
    /** HTTP status; 0 when there was no answer at all. */
    readonly status: number,
    /** Stable name of the condition, such as `targets.name_taken`. */
    readonly code: string,
    /** What is wrong and what would be right, for people. */
    readonly detail: string,
    /** The fields at fault, if the input was wrong. */
    readonly errors: readonly FieldFault[] = [],
    /** Finds the request in the logs. */
    readonly requestId: string | undefined = undefined,
    /** Seconds after which another try makes sense. */
    readonly retryAfter: number | undefined = undefined,
  ) {
    super(detail);
  }

  /** Whether the same request may succeed in a moment: no answer, or a service that is away. */
  get isPassing(): boolean {
    return this.status === 0 || (this.status >= 502 && this.status <= 504);
  }
}

/** Code of a request that got no answer. */
export const NO_ANSWER = "network.no_answer";

interface ProblemBody {
  status?: number;
  code?: string;
  detail?: string;
  title?: string;
  errors?: FieldFault[];
  request_id?: string;
}

/** Any failure as a problem. */
export function toProblem(failure: unknown): Problem {
  if (failure instanceof Problem) return failure;
  if (!isAxiosError(failure)) {
    return new Problem(0, "client.fault", failure instanceof Error ? failure.message : String(failure));
  }
  const answer = failure.response;
  if (!answer) {
    return new Problem(0, NO_ANSWER, "The server does not answer. Check your connection.");
  }
  const body = asBody(answer.data);
  const id: unknown = answer.headers["x-request-id"];
  return new Problem(
    answer.status,
    body.code ?? `http.${answer.status}`,
    body.detail ?? body.title ?? `The server answered with status ${answer.status}.`,
    body.errors ?? [],
    body.request_id ?? (typeof id === "string" ? id : undefined),
    Number(answer.headers["retry-after"]) || undefined,
  );
}

function asBody(data: unknown): ProblemBody {
  if (typeof data === "string") {
    try {
      return asBody(JSON.parse(data));
    } catch {
      return {};
    }
  }
  return typeof data === "object" && data !== null ? data : {};
}
