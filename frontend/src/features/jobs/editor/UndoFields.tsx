/** How a step is undone, when what comes after it fails. */

import { Checkbox } from "@mantine/core";
import { isObject } from "../definition";
import classes from "./Editor.module.css";
import { type Part, StepForm, type StepProps } from "./StepForm";

export function UndoFields({ step, set, faultOf, undo, ...around }: StepProps & { undo: Part }) {
  const own = isObject(step["undo"]) ? step["undo"] : undefined;
  return (
    <>
      <Checkbox
        label="Can be undone"
        description="If the run fails later, this is done on the same target, in reverse order of the steps."
        checked={own !== undefined}
        error={own ? undefined : faultOf("undo")}
        onChange={(event) => set("undo", event.currentTarget.checked ? { type: "ssh.exec", command: "" } : undefined)}
      />
      {own && (
        <fieldset className={classes.undo}>
          <legend>How it is undone</legend>
          <StepForm step={own} {...undo} {...around} />
        </fieldset>
      )}
    </>
  );
}
