import { useEffect, useRef, useState } from "react";
import { useBlocker, useNavigate } from "react-router";
import { type Problem, toProblem } from "@/api/problem";
import { confirm } from "@/ui/confirm";
import { tellDone } from "@/ui/feedback";
import { type Job, useJobActions } from "../api";
import { type Json, textOf } from "../definition";
import type { Fault, Refusal } from "./faults";
import { changesOf } from "./save";
import type { Written } from "./useDefinition";

/** Saving a job, and asking before anything unsaved is lost. */
export function useSave(job: Job | null, dirty: boolean, dropDraft: () => void) {
  const actions = useJobActions();
  const navigate = useNavigate();
  const [saving, setSaving] = useState(false);
  const [tried, setTried] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const leave = useLeaving(dirty, dropDraft);
  const send = async (definition: Json): Promise<Job | null> => {
    const name = textOf(definition["name"]).trim();
    if (!job) return actions.create({ name, definition: { ...definition, name } });
    const now = await actions.read(job.id);
    if (now.version !== job.version && !(await askOver(job, now))) return null;
    return actions.change(job.id, changesOf(job, definition));
  };
  const save = async ({ source, broken }: Written, faults: readonly Fault[]) => {
    setTried(true);
    if (broken.length > 0 || faults.length > 0) return;
    setSaving(true);
    setProblem(null);
    setRefusal(null);
    try {
      const saved = await send(source.definition);
      if (!saved) return;
      tellDone(`${saved.name} is saved as version ${saved.version}`);
      dropDraft();
      leave();
      void navigate(`/jobs/${saved.id}`);
    } catch (failure) {
      const refused = toProblem(failure);
      setProblem(refused);
      setRefusal({ errors: refused.errors, definition: source.definition });
    } finally {
      setSaving(false);
    }
  };
  return { save, saving, tried, problem, refusal };
}

/** Whether the person wants to save although somebody else did in the meantime. */
const askOver = (job: Job, now: Job): Promise<boolean> =>
  confirm({
    title: "Somebody saved this job in the meantime",
    body: `You began with version ${job.version}; it is at version ${now.version}. Yours would follow as version ${now.version + 1}, without what was changed since. Version ${now.version} stays in the list of versions.`,
    action: "Save mine on top",
  });

/** Asks before a page with unsaved changes is left; the answer lets one leave. */
function useLeaving(dirty: boolean, dropDraft: () => void): () => void {
  const free = useRef(false);
  const blocker = useBlocker(({ currentLocation, nextLocation }) => !free.current && dirty && currentLocation.pathname !== nextLocation.pathname);
  const asking = useRef(false);
  useEffect(() => {
    if (blocker.state !== "blocked" || asking.current) return;
    asking.current = true;
    void confirm({ title: "Leave without saving?", body: "What you changed in this job is lost.", action: "Leave" }).then((yes) => {
      asking.current = false;
      if (yes) {
        dropDraft();
        blocker.proceed();
      } else {
        blocker.reset();
      }
    });
  }, [blocker, dropDraft]);
  return () => (free.current = true);
}
