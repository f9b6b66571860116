/** What the address of a run's page says: the step that is looked at, and how steps are filtered. */

import { useCallback, useMemo } from "react";
import { useLocation, useNavigate } from "react-router";
import { type Place, readPlace, writePlace } from "./steps";

/** Which targets are shown, and in which order. */
export interface MatrixFilter {
  /** Only those in this state; all if empty. */
  state: string;
  /** Only those whose name holds this. */
  find: string;
  /** `trouble`: those that need somebody come first. */
  order: string;
}

interface Address {
  place: Place | null;
  filter: MatrixFilter;
  go: (place: Place) => void;
  change: (changes: Partial<MatrixFilter>) => void;
}

/** Reads and changes the address; the part that is not changed stays. */
export function useAddress(): Address {
  const { hash, search } = useLocation();
  const navigate = useNavigate();
  const place = useMemo(() => readPlace(hash), [hash]);
  const filter = useMemo(() => {
    const params = new URLSearchParams(search);
    const of = (name: string) => params.get(name) ?? "";
    return { state: of("state"), find: of("find"), order: of("order") };
  }, [search]);
  const put = useCallback(
    (to: { search?: string; hash?: string }) => {
      // What is in the address now, not when this was drawn.
      const whole = { search: location.search, hash: location.hash, ...to };
      void navigate(whole, { replace: true, preventScrollReset: true });
    },
    [navigate],
  );
  const go = useCallback((to: Place) => put({ hash: writePlace(to) }), [put]);
  const change = useCallback(
    (changes: Partial<MatrixFilter>) => {
      const params = new URLSearchParams(location.search);
      for (const [name, value] of Object.entries(changes)) {
        if (value) params.set(name, value);
        else params.delete(name);
      }
      put({ search: params.toString() });
    },
    [put],
  );
  return { place, filter, go, change };
}
