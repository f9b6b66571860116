/** Asks before something that was typed is left behind. */

import { useCallback, useEffect } from "react";
import { useBlocker } from "react-router";
import { confirm } from "./confirm";

/**
 * Asks before another page is shown while something is not saved. A change of a filter in the address
 * is no other page, unless it is one of `params`.
 */
export function useLeaveGuard(unsaved: boolean, params: readonly string[] = []): void {
  const watched = params.join(" ");
  const blocker = useBlocker(
    useCallback(
      ({ currentLocation, nextLocation }: { currentLocation: Place; nextLocation: Place }) =>
        unsaved && (currentLocation.pathname !== nextLocation.pathname || differs(currentLocation, nextLocation, watched)),
      [unsaved, watched],
    ),
  );
  useEffect(() => {
    if (blocker.state !== "blocked") return;
    void confirm({
      title: "Discard what you typed?",
      body: "This page has changes that are not saved.",
      action: "Discard",
    }).then((yes) => (yes ? blocker.proceed() : blocker.reset()));
  }, [blocker]);
  useEffect(() => {
    if (!unsaved) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [unsaved]);
}

interface Place {
  pathname: string;
  search: string;
}

function differs(a: Place, b: Place, params: string): boolean {
  const [before, after] = [new URLSearchParams(a.search), new URLSearchParams(b.search)];
  return params.split(" ").some((name) => name !== "" && before.get(name) !== after.get(name));
}
