import { Button } from "@mantine/core";
import { IconPencil, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { toProblem } from "@/api/problem";
import { useRole } from "@/api/session";
import type { Target } from "@/api/targets";
import { AuditTrail } from "@/ui/AuditTrail";
import { Blocked, type Obstacle } from "@/ui/Blocked";
import { confirm } from "@/ui/confirm";
import { tellDone, tellProblem } from "@/ui/feedback";
import { Page } from "@/ui/Page";
import { Failure, Loading } from "@/ui/states";
import { Status } from "@/ui/Status";
import { readDependents, useTarget, useTargetActions } from "./api";
import { ConnectionPanel } from "./connection/ConnectionPanel";
import { HostKeysPanel } from "./connection/HostKeysPanel";
import { FactsPanel } from "./FactsPanel";
import { DependencyPanel } from "./graph/DependencyPanel";
import { JobsPanel } from "./JobsPanel";
import { TargetDialog } from "./TargetDialog";
import classes from "./TargetPage.module.css";
import { addressOf, outcomeOf, protocolWord } from "./words";

const UP = { to: "/targets", label: "Targets" };

export default function TargetPage() {
  const id = Number(useParams()["id"]);
  const { data: target, error, refetch } = useTarget(id);
  if (!target) {
    return (
      <Page title={error ? "Target" : "…"} up={UP}>
        {error ? <Failure problem={error} retry={() => void refetch()} /> : <Loading rows={10} />}
      </Page>
    );
  }
  return <Shown key={id} target={target} />;
}

function Shown({ target }: { target: Target }) {
  const admin = useRole("admin");
  return (
    <Page
      title={target.name}
      up={UP}
      badge={<Status state="test" {...outcomeOf(target.last_test)} />}
      lead={`${protocolWord(target.protocol)} at ${addressOf(target)}`}
      actions={<Actions target={target} />}
    >
      <div className={classes.columns}>
        <div className={classes.column}>
          <ConnectionPanel target={target} />
          {target.protocol === "ssh" && <HostKeysPanel target={target} />}
        </div>
        <div className={classes.column}>
          <FactsPanel target={target} />
          <JobsPanel target={target} />
        </div>
      </div>
      <DependencyPanel target={target} />
      {admin && <AuditTrail kind="target" id={target.id} />}
    </Page>
  );
}

function Actions({ target }: { target: Target }) {
  const writes = useRole("operator");
  const { remove } = useTargetActions();
  const navigate = useNavigate();
  const [editing, setEditing] = useState(false);
  const [obstacle, setObstacle] = useState<Obstacle | null>(null);
  if (!writes) return null;
  const refuse = async (why: string) => {
    const by = await readDependents(target.id).catch(() => []);
    const links = by.map(({ id, name }) => ({ to: `/targets/${id}`, label: name }));
    setObstacle({ title: `${target.name} cannot be deleted`, why: `${sentence(why)} Change those first:`, by: links });
  };
  const askRemove = async () => {
    const yes = await confirm({
      title: `Delete ${target.name}?`,
      body: "Jobs that name it cannot run until they are changed. Its host keys are forgotten. Past runs stay readable.",
      action: "Delete target",
    });
    if (!yes) return;
    try {
      await remove(target.id);
      tellDone(`${target.name} is deleted`);
      await navigate("/targets");
    } catch (failure) {
      const problem = toProblem(failure);
      if (problem.code === "targets.has_dependents") await refuse(problem.detail);
      else tellProblem(problem);
    }
  };
  return (
    <>
      <Button variant="default" leftSection={<IconPencil size={16} />} onClick={() => setEditing(true)}>
        Edit
      </Button>
      <Button variant="default" leftSection={<IconTrash size={16} />} onClick={() => void askRemove()}>
        Delete
      </Button>
      {editing && <TargetDialog target={target} onClose={() => setEditing(false)} />}
      {obstacle && <Blocked obstacle={obstacle} onClose={() => setObstacle(null)} />}
    </>
  );
}

/** A service's words as a sentence of their own. */
const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
