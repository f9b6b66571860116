import { useEffect, useState } from "react";
import { dropDraft, findDraft, keepDraft } from "./draft";

/** Keeps what was typed for a reload of the page, and finds what an earlier one kept. */
export function useDraft(job: number | null, text: string, dirty: boolean) {
  const [found, setFound] = useState(() => findDraft(job));
  useEffect(() => {
    if (dirty) keepDraft(job, text);
  }, [job, text, dirty]);
  return {
    found: found !== null && found !== text ? found : null,
    /** The found one is taken over. */
    settle: () => setFound(null),
    /** Nothing is kept any more. */
    drop: () => {
      dropDraft(job);
      setFound(null);
    },
  };
}
