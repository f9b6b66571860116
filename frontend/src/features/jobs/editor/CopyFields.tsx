/** What a step writes, whose it is, and where its content comes from. */

import { Checkbox, TextInput } from "@mantine/core";
import { textOf } from "../definition";
import { ContentField } from "./ContentField";
import type { StepProps } from "./StepForm";
import classes from "./Editor.module.css";

export function CopyFields(props: StepProps) {
  const { step, faultOf, set } = props;
  const posix = step["type"] === "ssh.copy";
  const text = (field: string, label: string, placeholder: string) => (
    <TextInput
      label={label}
      placeholder={placeholder}
      spellCheck={false}
      value={textOf(step[field])}
      error={faultOf(field)}
      onChange={(event) => set(field, event.currentTarget.value || undefined)}
    />
  );
  return (
    <>
      <TextInput
        label="Path on the target"
        required
        placeholder={posix ? "/etc/motd" : "C:\\Temp\\file.txt"}
        spellCheck={false}
        value={textOf(step["destPath"])}
        error={faultOf("destPath")}
        onChange={(event) => set("destPath", event.currentTarget.value)}
      />
      {posix && (
        <div className={classes.pair}>
          {text("mode", "Mode", "0644")}
          {text("owner", "Owner", "as whom it is written, or user:group")}
        </div>
      )}
      <Source {...props} />
      <Checkbox
        label="Replace a file that is there"
        checked={step["overwrite"] !== false}
        error={faultOf("overwrite")}
        onChange={(event) => set("overwrite", event.currentTarget.checked ? undefined : false)}
      />
    </>
  );
}

/** The content itself, or where it is fetched from. */
function Source({ step, faultOf, set }: StepProps) {
  const fetched = step["fromUrl"] !== undefined;
  const change = (fetch: boolean) => {
    set("contentB64", fetch ? undefined : "");
    set("fromUrl", fetch ? "https://" : undefined);
    set("sha256", undefined);
  };
  return (
    <>
      <Checkbox
        label="Fetch the content"
        description="When the step runs, by the executor; at most 16 MiB."
        checked={fetched}
        onChange={(event) => change(event.currentTarget.checked)}
      />
      {fetched ? (
        <div className={classes.pair}>
          <TextInput
            label="From"
            required
            spellCheck={false}
            value={textOf(step["fromUrl"])}
            error={faultOf("fromUrl")}
            onChange={(event) => set("fromUrl", event.currentTarget.value)}
          />
          <TextInput
            label="SHA-256"
            placeholder="of any content"
            spellCheck={false}
            value={textOf(step["sha256"])}
            error={faultOf("sha256")}
            onChange={(event) => set("sha256", event.currentTarget.value || undefined)}
          />
        </div>
      ) : (
        <ContentField value={step["contentB64"]} error={faultOf("contentB64")} onChange={(value) => set("contentB64", value)} />
      )}
    </>
  );
}
