import { toProblem } from "@/api/problem";
import { confirm } from "@/ui/confirm";
import { tellDone, tellProblem } from "@/ui/feedback";
import { type Job, useJobActions } from "./api";

/** What a list and a page offer for a job beside its editor; each says what came of it. */
export function useJobSwitches() {
  const { change, remove } = useJobActions();
  return {
    /** Lets the job be run, or no longer. */
    setActive: (job: Job) =>
      change(job.id, { is_active: !job.is_active })
        .then(() => tellDone(job.is_active ? `${job.name} cannot be run until it is active again` : `${job.name} can be run`))
        .catch((failure: unknown) => tellProblem(toProblem(failure))),
    /** Deletes the job if the person confirms; answers whether it is gone. */
    remove: async (job: Job): Promise<boolean> => {
      const yes = await confirm({
        title: `Delete ${job.name}?`,
        body: "Nobody can run it any more. Its past runs stay readable, and the name is free again.",
        action: "Delete job",
      });
      if (!yes) return false;
      try {
        await remove(job.id);
        tellDone(`${job.name} is deleted`);
        return true;
      } catch (failure) {
        tellProblem(toProblem(failure));
        return false;
      }
    },
  };
}
