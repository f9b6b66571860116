import { SegmentedControl } from "@mantine/core";
import { Page } from "@/ui/Page";
import { useFilters } from "@/ui/url";
import { KeysPanel } from "./KeysPanel";
import { LockoutsPanel } from "./LockoutsPanel";
import { SessionsPanel } from "./SessionsPanel";

export default function SessionsPage() {
  const [{ tab }, change] = useFilters({ tab: "sessions" });
  return (
    <Page title="Sessions" lead="Who is signed in where, who has to wait before the next try, and the key that signs tokens.">
      <div>
        <SegmentedControl
          aria-label="Part"
          data={[
            { value: "sessions", label: "Signed in" },
            { value: "lockouts", label: "Lock-outs" },
            { value: "key", label: "Signing key" },
          ]}
          value={tab}
          onChange={(next) => change({ tab: next })}
        />
      </div>
      {tab === "lockouts" ? <LockoutsPanel /> : tab === "key" ? <KeysPanel /> : <SessionsPanel />}
    </Page>
  );
}
