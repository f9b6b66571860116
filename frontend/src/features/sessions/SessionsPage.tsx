import { Page } from "@/ui/Page";
import { KeysPanel } from "./KeysPanel";
import { LockoutsPanel } from "./LockoutsPanel";
import { SessionsPanel } from "./SessionsPanel";

export default function SessionsPage() {
  return (
    <Page title="Sessions" lead="Who is signed in where, who has to wait before the next try, and the key that signs tokens.">
      <SessionsPanel />
      <LockoutsPanel />
      <KeysPanel />
    </Page>
  );
}
