import { Button } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import { useState } from "react";
import { Panel } from "@/ui/Panel";
import { Time } from "@/ui/Time";
import { RotateDialog } from "./RotateDialog";
import classes from "./Sessions.module.css";

/** The key that signs tokens. */
export function KeysPanel() {
  const [asking, setAsking] = useState(false);
  const [made, setMade] = useState<{ kid: string; signs_from: string } | null>(null);
  return (
    <Panel title="Signing key">
      <div className={classes.keys}>
        <div>
          Tokens are signed with a key of this installation. Rotate it when somebody may have seen it, or from time to time.
          <div role="status" className={classes.made}>
            {made && (
              <>
                The key <span className={classes.mono}>{made.kid}</span> is made. It signs from <Time at={made.signs_from} /> on.
              </>
            )}
          </div>
        </div>
        <Button variant="default" leftSection={<IconKey size={16} />} onClick={() => setAsking(true)}>
          Rotate the key
        </Button>
      </div>
      {asking && <RotateDialog onClose={() => setAsking(false)} done={setMade} />}
    </Panel>
  );
}
