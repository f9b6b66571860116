import { Button } from "@mantine/core";
import { IconEye } from "@tabler/icons-react";
import { useState } from "react";
import type { Credential } from "@/api/credentials";
import { Panel } from "@/ui/Panel";
import classes from "./CredentialPage.module.css";
import { RevealDialog } from "./RevealDialog";

/** The way to the secret, for admins. */
export function RevealPanel({ credential }: { credential: Credential }) {
  const [open, setOpen] = useState(false);
  return (
    <Panel title="Secret">
      <div className={classes.reveal}>
        <p>Steps get it when they need it; people do not. If it must be seen, say why: that is recorded for good.</p>
        <Button variant="default" leftSection={<IconEye size={16} />} onClick={() => setOpen(true)}>
          Reveal…
        </Button>
      </div>
      {open && <RevealDialog credential={credential} onClose={() => setOpen(false)} />}
    </Panel>
  );
}
