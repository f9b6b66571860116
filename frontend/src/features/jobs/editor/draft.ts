/** What was typed and not saved, kept for this tab in case it is reloaded. */

const keyOf = (job: number | null): string => `opsc.draft.job.${job ?? "new"}`;

/** The draft of a job, or of a new one. */
export const findDraft = (job: number | null): string | null => sessionStorage.getItem(keyOf(job));

/** Keeps a draft; a full storage is no reason to stop anybody from typing. */
export function keepDraft(job: number | null, text: string): void {
  try {
    sessionStorage.setItem(keyOf(job), text);
  } catch {
    sessionStorage.removeItem(keyOf(job));
  }
}

export const dropDraft = (job: number | null): void => sessionStorage.removeItem(keyOf(job));
