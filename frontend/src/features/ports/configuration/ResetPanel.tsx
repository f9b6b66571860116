import { Button } from "@mantine/core";
import { useState } from "react";
import { useRole } from "@/api/session";
import { Panel } from "@/ui/Panel";
import { useFilters } from "@/ui/url";
import classes from "./Configuration.module.css";
import { DifferenceDialog } from "./DifferenceDialog";

/** The way back to the default ports. */
export function ResetPanel({ suite }: { suite: string }) {
  const [asking, setAsking] = useState(false);
  const [, change] = useFilters({ restore: "" });
  const [isOperator, isAdmin] = [useRole("operator"), useRole("admin")];
  if (!isOperator) return null;
  return (
    <Panel title="Reset">
      <div className={classes.reset}>
        <div>
          Gives each service of {suite} its default port and takes all reservations away. You see what would change first.
          {!isAdmin && " Only administrators can do this."}
        </div>
        <Button color="red" variant="outline" disabled={!isAdmin} onClick={() => setAsking(true)}>
          Reset ports
        </Button>
      </div>
      {asking && (
        <DifferenceDialog
          suite={suite}
          source="defaults"
          onClose={() => setAsking(false)}
          goTo={(restore) => {
            setAsking(false);
            change({ restore });
          }}
        />
      )}
    </Panel>
  );
}
