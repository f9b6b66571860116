import { useQuery, type UseQueryResult, useQueryClient } from "@tanstack/react-query";
import { http } from "@/api/http";
import type { Problem } from "@/api/problem";
import { useWholeList } from "@/api/queries";
import type { components } from "@/api/schema/jobs";
import type { components as targets } from "@/api/schema/targets";
import type { Json } from "./definition";

type Schemas = components["schemas"];
export type Job = Schemas["Job"];
export type Version = Schemas["Version"];
/** A machine that steps can run on. */
export type TargetChoice = Pick<targets["schemas"]["Target"], "name" | "protocol" | "hostname">;

const KEY = ["jobs"] as const;

/** All jobs. */
export function useJobs(): UseQueryResult<Job[], Problem> {
  return useWholeList([...KEY, "all"], async (params) => {
    const { data } = await http.get<Schemas["JobList"]>("/v1/jobs", { params });
    return { rows: data.jobs, total: data.total };
  });
}

const readJob = async (id: number): Promise<Job> => (await http.get<Job>(`/v1/jobs/${id}`)).data;

/** One job. */
export function useJob(id: number, enabled = true): UseQueryResult<Job, Problem> {
  return useQuery({ queryKey: [...KEY, "one", id], queryFn: () => readJob(id), enabled });
}

/** All versions of a job, newest first. */
export function useVersions(id: number): UseQueryResult<Version[], Problem> {
  return useQuery({
    queryKey: [...KEY, "versions", id],
    queryFn: async () => (await http.get<Schemas["VersionList"]>(`/v1/jobs/${id}/versions`)).data.versions,
  });
}

/** All targets, to choose from. */
export function useTargetChoices(): UseQueryResult<TargetChoice[], Problem> {
  return useWholeList(["targets", "choices"], async (params) => {
    const { data } = await http.get<targets["schemas"]["TargetList"]>("/v1/targets", { params });
    return { rows: data.targets, total: data.total };
  });
}

/** What a job is to be; fields that are absent stay. */
export interface JobChange {
  name?: string;
  definition?: Json;
  is_active?: boolean;
}

/** What can be done with jobs; what is known of them is read anew after each. */
export function useJobActions() {
  const client = useQueryClient();
  const after = async <T>(call: Promise<T>): Promise<T> => {
    const answer = await call;
    await client.invalidateQueries({ queryKey: KEY });
    return answer;
  };
  return {
    create: async (job: JobChange) => (await after(http.post<Job>("/v1/jobs", job))).data,
    change: async (id: number, changes: JobChange) => (await after(http.put<Job>(`/v1/jobs/${id}`, changes))).data,
    remove: async (id: number) => {
      await http.delete(`/v1/jobs/${id}`);
      // Only the list: what the job's own page shows is gone.
      await client.invalidateQueries({ queryKey: [...KEY, "all"] });
    },
    /** The job as it is at the server at this moment. */
    read: readJob,
  };
}
