/** What is said of a step beside its work: when it is skipped, how often it is tried, the name of its result. */

import { TextInput } from "@mantine/core";
import { WholeNumberInput } from "@/ui/WholeNumberInput";
import { isObject, textOf } from "../definition";
import classes from "./Editor.module.css";
import type { StepProps } from "./StepForm";

/** Most tries that a step may have. */
const MOST_ATTEMPTS = 20;

export function OptionFields({ step, faultOf, set, undo }: StepProps) {
  const retry = isObject(step["retry"]) ? step["retry"] : {};
  const attempts = typeof retry["attempts"] === "number" ? retry["attempts"] : "";
  return (
    <>
      <TextInput
        label="Only if"
        description="Else it is skipped"
        placeholder={'env == "prod" and steps.check.exit_code == 0'}
        spellCheck={false}
        classNames={{ input: classes.code ?? "" }}
        value={textOf(step["when"])}
        error={faultOf("when")}
        onChange={(event) => set("when", event.currentTarget.value || undefined)}
      />
      <div className={classes.pair}>
        <WholeNumberInput
          label="Tries"
          description="In all, if it fails"
          placeholder="1"
          min={1}
          max={MOST_ATTEMPTS}
          value={attempts}
          error={faultOf("retry") ?? faultOf("retry.attempts")}
          onChange={(value) => set("retry", value === "" || value === 1 ? undefined : { ...retry, attempts: value })}
        />
        {undo && <TextInput
          label="Keep its result as"
          description="Later steps read {{ found.stdout }}"
          placeholder="found"
          spellCheck={false}
          classNames={{ input: classes.code ?? "" }}
          value={textOf(step["register"])}
          error={faultOf("register")}
          onChange={(event) => set("register", event.currentTarget.value || undefined)}
        />}
      </div>
    </>
  );
}
