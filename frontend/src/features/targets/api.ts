import { useQuery, useQueryClient } from "@tanstack/react-query";
import { http } from "@/api/http";
import { Problem, toProblem } from "@/api/problem";
import { useWholeList } from "@/api/queries";
import type { components } from "@/api/schema/targets";
import type { components as JobSchemas } from "@/api/schema/jobs";
import { type Metadata, type Target, TARGETS_KEY } from "@/api/targets";

type Schemas = components["schemas"];
export type NewTarget = Omit<Schemas["CreateTarget"], "metadata"> & { metadata?: Metadata };
export type TargetChanges = Omit<Schemas["ChangeTarget"], "metadata"> & { metadata?: Metadata };
export type TestAnswer = Schemas["TestAnswer"];
export type Phase = Schemas["Phase"];
export type PhaseName = Schemas["PhaseName"];
export type HostKey = Schemas["HostKey"];
/** What a machine shows of itself; the key that a test found has no state yet. */
export type ShownKey = Pick<HostKey, "algorithm" | "fingerprint" | "public_key">;
export type LastTest = Schemas["LastTest"];
type Job = JobSchemas["schemas"]["Job"];

const one = (id: number) => [...TARGETS_KEY, "one", id] as const;
const keysOf = (id: number) => [...TARGETS_KEY, "host-keys", id] as const;
const testOf = (id: number) => ["target-test", id] as const;

/** One target. */
export function useTarget(id: number) {
  return useQuery({ queryKey: one(id), queryFn: async () => (await http.get<Target>(`/v1/targets/${id}`)).data });
}

/** Host keys that a target has shown or was given, oldest first. */
export function useHostKeys(id: number) {
  return useQuery({
    queryKey: keysOf(id),
    queryFn: async () => (await http.get<Schemas["HostKeyList"]>(`/v1/targets/${id}/host-keys`)).data.host_keys,
  });
}

/** The last test that was made from here; the service tells only its outcome later. */
export function useLastAnswer(id: number): TestAnswer | undefined {
  const { data } = useQuery<TestAnswer>({ queryKey: testOf(id), enabled: false, gcTime: Infinity });
  return data;
}

/** Jobs with a step on the target of this name. */
export function useJobsOf(name: string) {
  const jobs = useWholeList<Job>(["jobs", "with-definitions"], async (params) => {
    const { data } = await http.get<JobSchemas["schemas"]["JobList"]>("/v1/jobs", { params });
    return { rows: data.jobs, total: data.total };
  });
  return { ...jobs, data: jobs.data?.filter((job) => names(job.definition, name)) };
}

/** Whether a definition holds a field `target` or an item of `targets` of this name. */
function names(part: unknown, name: string): boolean {
  if (Array.isArray(part)) return part.some((item) => names(item, name));
  if (typeof part !== "object" || part === null) return false;
  return Object.entries(part).some(
    ([key, value]: [string, unknown]) =>
      ((key === "target" || key === "targets") && [value].flat().includes(name)) || names(value, name),
  );
}

/** Targets that need this one, by name. */
export async function readDependents(id: number): Promise<Schemas["TargetRef"][]> {
  return (await http.get<Schemas["Neighbours"]>(`/v1/targets/${id}/dependencies`)).data.dependents;
}

/** Makes a target. */
export const createTarget = (target: NewTarget) => call(http.post<Target>("/v1/targets", target));

/** Changes a target. */
export const changeTarget = (id: number, changes: TargetChanges) => call(http.put<Target>(`/v1/targets/${id}`, changes));

/** Removes a target. */
export const removeTarget = (id: number) => call(http.delete(`/v1/targets/${id}`));

/** Connects to a target; a failed test is an answer, too. */
export const testTarget = (id: number) =>
  // Longer than the service's own limit, so that its answer is the one that is seen.
  call(http.post<TestAnswer>(`/v1/targets/${id}/test-connection`, undefined, { timeout: 45_000 }));

/** The answer of a call; a taken name is a fault of the field. */
async function call<T>(answer: Promise<{ data: T }>): Promise<T> {
  try {
    return (await answer).data;
  } catch (failure) {
    const { status, code, detail, errors, requestId, retryAfter } = toProblem(failure);
    const own = code === "targets.name_taken" ? [{ field: "name", code: "taken", detail }] : errors;
    throw new Problem(status, code, detail, own, requestId, retryAfter);
  }
}

/** What can be done with targets; what they change is read anew. */
export function useTargetActions() {
  const client = useQueryClient();
  const reread = () => client.invalidateQueries({ queryKey: TARGETS_KEY });
  const after = async <T>(done: Promise<T>): Promise<T> => {
    const answer = await done;
    await reread();
    return answer;
  };
  const keep = async (id: number): Promise<TestAnswer> => {
    const answer = await testTarget(id);
    client.setQueryData(testOf(id), answer);
    await reread();
    return answer;
  };
  return {
    reread,
    /** Removes one and reads the list anew; not itself, which its page would miss. */
    remove: async (id: number) => {
      await removeTarget(id);
      await client.invalidateQueries({ queryKey: [...TARGETS_KEY, "all"] });
    },
    create: (target: NewTarget) => after(createTarget(target)),
    change: (id: number, changes: TargetChanges) => after(changeTarget(id, changes)),
    test: keep,
    acceptKey: (id: number, { algorithm, fingerprint, public_key }: ShownKey, how: "add" | "replace") => {
      const body: Schemas["AcceptHostKey"] = { algorithm, fingerprint, replace: how === "replace" };
      if (public_key) body.public_key = public_key;
      return after(call(http.post<HostKey>(`/v1/targets/${id}/host-keys`, body)));
    },
    removeKey: (id: number, fingerprint: string) =>
      after(http.delete(`/v1/targets/${id}/host-keys/${encodeURIComponent(fingerprint)}`)),
  };
}
