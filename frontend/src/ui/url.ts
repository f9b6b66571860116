/** Filters live in the address of the page, so that a link shows what its sender saw. */

import { useCallback, useMemo } from "react";
import { useSearchParams } from "react-router";

/** The filters of a page with their defaults, and how to change some of them. */
export function useFilters<F extends Record<string, string>>(
  defaults: F,
): [F, (changes: Partial<F>) => void, { active: boolean; clear: () => void }] {
  const [params, setParams] = useSearchParams();
  // Pages give the defaults as a literal: only their content counts.
  const text = JSON.stringify(defaults);
  const filters = useMemo(() => {
    const found: Record<string, string> = JSON.parse(text);
    for (const name of Object.keys(found)) found[name] = params.get(name) ?? found[name] ?? "";
    return found as F;
  }, [params, text]);
  const change = useCallback(
    (changes: Partial<F>) => {
      const usual: Record<string, string> = JSON.parse(text);
      setParams(
        (before) => {
          const next = new URLSearchParams(before);
          for (const [name, value] of Object.entries(changes)) {
            if (value === undefined || value === usual[name]) next.delete(name);
            else next.set(name, value);
          }
          return next;
        },
        { replace: true },
      );
    },
    [setParams, text],
  );
  const clear = useCallback(() => change(JSON.parse(text) as F), [change, text]);
  const active = JSON.stringify(filters) !== text;
  return [filters, change, { active, clear }];
}
