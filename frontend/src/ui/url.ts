/** Filters live in the address of the page, so that a link shows what its sender saw. */

import { useCallback, useMemo } from "react";
import { useSearchParams } from "react-router";

/** Milliseconds within which the address has followed a change. */
const FOLLOWED_MS = 1000;
/** The last changes: what the address was before and after each, and where that leads to. */
let underWay: { path: string; texts: string[]; params: URLSearchParams; at: number } | undefined;

/** Changes parameters. Several changes may come before the address follows, and must not undo each other. */
function changeParams(shown: URLSearchParams, change: (params: URLSearchParams) => void): URLSearchParams {
  const now = underWay;
  const isBehind =
    now?.path === location.pathname && Date.now() - now.at < FOLLOWED_MS && now.texts.includes(shown.toString());
  const next = new URLSearchParams(isBehind ? now.params : shown);
  change(next);
  const texts = [...(isBehind ? now.texts : [shown.toString()]), next.toString()];
  underWay = { path: location.pathname, texts, params: next, at: Date.now() };
  return next;
}

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
        (before) =>
          changeParams(before, (next) => {
            for (const [name, value] of Object.entries(changes)) {
              if (value === undefined || value === usual[name]) next.delete(name);
              else next.set(name, value);
            }
          }),
        { replace: true },
      );
    },
    [setParams, text],
  );
  const clear = useCallback(() => change(JSON.parse(text) as F), [change, text]);
  const active = JSON.stringify(filters) !== text;
  return [filters, change, { active, clear }];
}
