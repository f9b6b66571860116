import { useQuery } from "@tanstack/react-query";
import { http } from "@/api/http";
import type { components } from "@/api/schema/port-manager";
import { PORT_KEYS } from "@/live/queries";
import { formatNumber } from "@/ui/format";
import classes from "./ConflictBadge.module.css";
import { DEFAULT_SUITE } from "./suites";

/** How many conflicts of the default suite nobody has dealt with. */
export function ConflictBadge() {
  const { data: open = 0 } = useQuery({
    queryKey: [...PORT_KEYS.conflicts, DEFAULT_SUITE, "open"],
    queryFn: async () => {
      const { data } = await http.get<components["schemas"]["ConflictList"]>("/ports/conflicts");
      return data.conflicts.filter((conflict) => conflict.state === "open").length;
    },
  });
  if (open === 0) return null;
  return (
    <span className={classes.badge}>
      {formatNumber(open)}
      <span className={classes.unseen}> open</span>
    </span>
  );
}
