import { Button } from "@mantine/core";
import { IconPencil, IconRefresh, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { type Credential, TYPE_WORDS } from "@/api/credentials";
import { toProblem } from "@/api/problem";
import { useRole } from "@/api/session";
import { AuditTrail } from "@/ui/AuditTrail";
import { Blocked, type Obstacle } from "@/ui/Blocked";
import { confirm } from "@/ui/confirm";
import { tellDone, tellProblem } from "@/ui/feedback";
import { Page } from "@/ui/Page";
import { Fact, Facts, Panel, PanelGrid } from "@/ui/Panel";
import { Failure, Loading } from "@/ui/states";
import { Time } from "@/ui/Time";
import { AccessLog } from "./AccessLog";
import { useCredential, useCredentialActions } from "./api";
import { EditCredentialDialog } from "./CredentialDialog";
import { RevealPanel } from "./RevealPanel";
import { RotateDialog } from "./RotateDialog";
import { useUsage } from "./usage";
import { UsedBy } from "./UsedBy";
import { Versions } from "./Versions";

const UP = { to: "/credentials", label: "Credentials" };

export default function CredentialPage() {
  const id = Number(useParams()["id"]);
  const { data: credential, error, refetch } = useCredential(id);
  if (!credential) {
    return (
      <Page title={error ? "Credential" : "…"} up={UP}>
        {error ? <Failure problem={error} retry={() => void refetch()} /> : <Loading rows={10} />}
      </Page>
    );
  }
  return <Shown key={id} credential={credential} />;
}

function Shown({ credential }: { credential: Credential }) {
  const admin = useRole("admin");
  const { id, name, description, credential_type: type, version, created_at, updated_at } = credential;
  return (
    <Page title={name} up={UP} lead={description} actions={<Actions credential={credential} />}>
      <PanelGrid min="24rem">
        <Panel title="About">
          <Facts>
            <Fact label="Type">{TYPE_WORDS[type]}</Fact>
            <Fact label="Version in use">{version}</Fact>
            <Fact label="Added">
              <Time at={created_at} />
            </Fact>
            <Fact label="Changed">
              <Time at={updated_at} />
            </Fact>
          </Facts>
        </Panel>
        {admin && <RevealPanel credential={credential} />}
      </PanelGrid>
      <PanelGrid min="24rem">
        <UsedBy credential={credential} />
        <Versions credential={credential} />
      </PanelGrid>
      {admin && <AccessLog id={id} />}
      {admin && <AuditTrail kind="credential" id={id} />}
    </Page>
  );
}

function Actions({ credential }: { credential: Credential }) {
  const writes = useRole("operator");
  const { askRemove, obstacle, clear } = useRemove(credential);
  const [open, setOpen] = useState<"edit" | "rotate" | null>(null);
  const close = () => setOpen(null);
  if (!writes) return null;
  return (
    <>
      <Button leftSection={<IconRefresh size={16} />} onClick={() => setOpen("rotate")}>
        Rotate
      </Button>
      <Button variant="default" leftSection={<IconPencil size={16} />} onClick={() => setOpen("edit")}>
        Edit
      </Button>
      <Button variant="default" leftSection={<IconTrash size={16} />} onClick={() => void askRemove()}>
        Delete
      </Button>
      {open === "edit" && <EditCredentialDialog credential={credential} onClose={close} />}
      {open === "rotate" && <RotateDialog credential={credential} onClose={close} />}
      {obstacle && <Blocked obstacle={obstacle} onClose={clear} />}
    </>
  );
}

/** Deleting a credential, and what is said when targets use it. */
function useRemove({ id, name }: Credential) {
  const { remove } = useCredentialActions();
  const usage = useUsage();
  const navigate = useNavigate();
  const [obstacle, setObstacle] = useState<Obstacle | null>(null);
  const askRemove = async () => {
    const yes = await confirm({
      title: `Delete ${name}?`,
      body: "All versions of its secret are gone for good. Who used it stays on record.",
      action: "Delete credential",
    });
    if (!yes) return;
    try {
      await remove(id);
      tellDone(`${name} is deleted`);
      await navigate("/credentials");
    } catch (failure) {
      const problem = toProblem(failure);
      if (problem.code !== "credentials.in_use") return tellProblem(problem);
      const by = usage?.get(id)?.map((target) => ({ to: `/targets/${target.id}`, label: target.name })) ?? [];
      const why = `${problem.detail.charAt(0).toUpperCase()}${problem.detail.slice(1)}. Give these another credential first:`;
      setObstacle({ title: `${name} cannot be deleted`, why, by });
    }
  };
  return { askRemove, obstacle, clear: () => setObstacle(null) };
}
