import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { http } from "@/api/http";
import type { Problem } from "@/api/problem";
import { useWholeList } from "@/api/queries";
import type { Run, RunStep } from "@/api/runs";
import type { components } from "@/api/schema/jobs";
import type { components as users } from "@/api/schema/users";

type Schemas = components["schemas"];
export type AuditRecord = users["schemas"]["Record"];

/** All jobs, to choose from; shared with the pages of jobs. */
export function useJobNames(): UseQueryResult<Schemas["Job"][], Problem> {
  return useWholeList(["jobs", "all"], async (params) => {
    const { data } = await http.get<Schemas["JobList"]>("/v1/jobs", { params });
    return { rows: data.jobs, total: data.total };
  });
}

/** The job as it was when it was run; a version never changes. */
export function useRunVersion(job: number, version: number): UseQueryResult<Schemas["Version"], Problem> {
  return useQuery({
    queryKey: ["jobs", "version", job, version],
    queryFn: async () => (await http.get<Schemas["Version"]>(`/v1/jobs/${job}/versions/${version}`)).data,
    staleTime: Infinity,
  });
}

/** A step as the job gives it, with the names of its parameters; empty until it is known. */
export function useStepDefinition(run: Run, step: RunStep): Record<string, unknown> {
  const version = useRunVersion(run.job_id, run.job_version);
  const definition: Record<string, unknown> = version.data?.definition ?? {};
  const steps: unknown[] = Array.isArray(definition["steps"]) ? definition["steps"] : [];
  const own = asObject(steps[step.undoes_idx ?? step.idx]);
  return step.undoes_idx == null ? own : asObject(own["undo"]);
}

const asObject = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

/** Whether the job of a run was deleted since. */
export const useJobGone = (run: Run): boolean => useRunVersion(run.job_id, run.job_version).error?.status === 404;

/** What the audit log knows of a run, newest first; for admins. */
export function useRunAudit(id: number, state: string): UseQueryResult<AuditRecord[], Problem> {
  return useQuery({
    // Each change of state may have a row of its own.
    queryKey: ["runs", "audit", id, state],
    queryFn: async () => {
      const params = { object_kind: "run", object_id: String(id), limit: 100 };
      return (await http.get<users["schemas"]["EntryList"]>("/v1/audit", { params })).data.entries;
    },
  });
}
