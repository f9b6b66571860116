import { IconCircleCheck } from "@tabler/icons-react";
import { Link, useLocation } from "react-router";
import { count } from "@/ui/format";
import { Empty } from "@/ui/states";
import { Time } from "@/ui/Time";

interface Props {
  suite: string;
  /** So many are there, and were set aside. */
  suppressed: number;
  /** When the port manager looked, in milliseconds. */
  at: number;
}

/** Nothing is wrong, or nothing that anybody wants to hear of. */
export function AllWell({ suite, suppressed, at }: Props) {
  const { search } = useLocation();
  const all = new URLSearchParams(search);
  all.set("state", "suppressed");
  return (
    <Empty title="All is well" icon={IconCircleCheck} tone="good">
      Each service of {suite} has its port for itself, and nobody else listens there. Looked{" "}
      <Time at={new Date(at).toISOString()} />; what changes shows at once.
      {suppressed > 0 && (
        <>
          {" "}
          <Link to={`?${all}`}>{count(suppressed, "conflict")} suppressed</Link>.
        </>
      )}
    </Empty>
  );
}
