import { useQuery, useQueryClient } from "@tanstack/react-query";
import { http } from "@/api/http";
import type { components } from "@/api/schema/port-manager";
import { PORT_KEYS } from "@/live/queries";

export type Backup = components["schemas"]["BackupView"];
export type Restored = components["schemas"]["Restored"];
export type Plan = components["schemas"]["PlanView"];
export type PlanLine = components["schemas"]["LineView"];
export type Action = components["schemas"]["Action"];
export type Applied = components["schemas"]["AppliedView"];

/** A plan with moves of running services takes seconds for each. */
const APPLYING_MS = 300_000;
const YAML = { "Content-Type": "application/yaml" };
/** Text as it is, even if it is JSON. */
const AS_TEXT = { responseType: "text" as const, transformResponse: (text: string) => text };

/** Backups of a suite, newest first. */
export function useBackups(suite: string) {
  return useQuery({
    queryKey: [...PORT_KEYS.assignments, suite, "backups"],
    queryFn: async () => (await http.get<components["schemas"]["Backups"]>("/ports/backups", { params: { suite } })).data.backups,
  });
}

/** What brings a state of a suite back: a backup, or the default ports. */
export type Source = { backup: string } | "defaults";

const callOf = (suite: string, source: Source): [path: string, params: Record<string, string>] =>
  source === "defaults" ? ["/ports/reset", { suite }] : ["/ports/restore", { suite, backup_file: source.backup }];

/** What a restore or a reset would change. */
export function useDifference(suite: string, source: Source, enabled: boolean) {
  return useQuery({
    queryKey: [...PORT_KEYS.assignments, suite, "difference", source],
    queryFn: async () => {
      const [path, params] = callOf(suite, source);
      return (await http.post<Restored>(path, undefined, { params: { ...params, dry_run: true } })).data;
    },
    enabled,
  });
}

/** The present state of a suite as a document. */
export function useExport(suite: string) {
  return useQuery({
    queryKey: [...PORT_KEYS.assignments, suite, "export"],
    queryFn: async () => (await http.get<string>("/ports/export", { params: { suite }, ...AS_TEXT })).data,
  });
}

/** A document that is to be planned. */
export interface Wish {
  text: string;
  /** Ports of services that it does not name are taken away. */
  prune: boolean;
}

/** What a document would change; read anew when ports change. */
export function usePlan(suite: string, wish: Wish | null) {
  return useQuery({
    queryKey: [...PORT_KEYS.assignments, suite, "plan", wish],
    queryFn: async () => {
      const params = { suite, prune: wish?.prune ?? false };
      return (await http.post<Plan>("/ports/plan", wish?.text ?? "", { params, headers: YAML })).data;
    },
    enabled: wish !== null,
    // A refused document stays refused; the editor shows why.
    retry: false,
  });
}

/** What can be done with backups and documents; all that is about ports is read anew after each. */
export function useConfigurationActions(suite: string) {
  const client = useQueryClient();
  const after = async <T>(call: Promise<{ data: T }>): Promise<T> => {
    try {
      return (await call).data;
    } finally {
      await client.invalidateQueries({ queryKey: ["ports"] });
    }
  };
  const named = (name: string) => ({ params: { suite, ...(name !== "" && { backup_file: name }) } });
  return {
    makeBackup: (name: string) => after(http.post<components["schemas"]["KeptBackup"]>("/ports/backup", undefined, named(name))),
    uploadBackup: (name: string, document: unknown) =>
      after(http.post<components["schemas"]["KeptBackup"]>("/ports/backups", document, named(name))),
    bringBack: (source: Source) => {
      const [path, params] = callOf(suite, source);
      return after(http.post<Restored>(path, undefined, { params }));
    },
    apply: ({ text, prune }: Wish, plan: string) =>
      after(http.post<Applied>("/ports/apply", text, { params: { suite, prune, plan }, headers: YAML, timeout: APPLYING_MS })),
    readBackup: async (name: string) =>
      (await http.get<string>(`/ports/backups/${encodeURIComponent(name)}`, { params: { suite }, ...AS_TEXT })).data,
  };
}
