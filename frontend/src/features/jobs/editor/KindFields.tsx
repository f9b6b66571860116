import { Select, TextInput, Textarea } from "@mantine/core";
import { WholeNumberInput } from "@/ui/WholeNumberInput";
import { awaitedOf, isObject, type Json, textOf, userOf } from "../definition";
import { PairsField } from "./PairsField";
import type { StepProps } from "./StepForm";
import classes from "./Editor.module.css";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
const AWAITED = [
  { value: "seconds", label: "Some time" },
  { value: "port", label: "A port that answers" },
  { value: "http", label: "An HTTP answer" },
];
const STARTS: Record<string, unknown> = { seconds: 60, port: { port: 22 }, http: { url: "https://" } };

/** The fields of kinds of steps that are neither commands nor copies. */
export function KindFields(props: StepProps) {
  switch (props.step["type"]) {
    case "ssh.fetch":
      return <FetchFields {...props} />;
    case "http.request":
      return <RequestFields {...props} />;
    case "wait":
      return <WaitFields {...props} />;
    case "approval":
      return <ApprovalFields {...props} />;
    case "job":
      return <JobFields {...props} />;
    default:
      return null;
  }
}

/** As whom the work is done, where that is not the user who logs in. */
export function BecomeField({ step, faultOf, set }: StepProps) {
  const change = (user: string) => set("become", user === "" ? undefined : user === "root" ? true : { user });
  return (
    <TextInput
      label="Work as (sudo)"
      placeholder="the user who logs in"
      spellCheck={false}
      value={userOf(step)}
      error={faultOf("become")}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}

function FetchFields({ step, faultOf, set }: StepProps) {
  return (
    <div className={classes.pair}>
      <TextInput
        label="Path on the target"
        required
        placeholder="/etc/os-release"
        spellCheck={false}
        value={textOf(step["path"])}
        error={faultOf("path")}
        onChange={(event) => set("path", event.currentTarget.value)}
      />
      <Select
        label="Keep it as"
        data={[{ value: "text", label: "Text" }, { value: "b64", label: "Base64, for any bytes" }]}
        value={textOf(step["as"]) || "text"}
        error={faultOf("as")}
        onChange={(value) => set("as", value === "text" ? undefined : value)}
      />
    </div>
  );
}

function RequestFields({ step, faultOf, set }: StepProps) {
  const field = textOf(step["url"]) === "" ? "path" : "url";
  const change = (text: string) => {
    const next = /^https?:/.test(text) ? "url" : "path";
    set(next, text);
    if (next !== field) set(field, undefined);
  };
  return (
    <>
      <div className={classes.pair}>
        <Select
          label="Method"
          data={METHODS}
          value={textOf(step["method"]) || "GET"}
          error={faultOf("method")}
          onChange={(value) => set("method", value === "GET" ? undefined : value)}
        />
        <TextInput
          label="Path on the target, or a whole URL"
          required
          placeholder="/api/health"
          spellCheck={false}
          value={textOf(step[field])}
          error={faultOf("path") ?? faultOf("url")}
          onChange={(event) => change(event.currentTarget.value)}
        />
      </div>
      {!["", "GET", "HEAD"].includes(textOf(step["method"])) && (
        <Textarea
          label="Body"
          autosize
          minRows={2}
          maxRows={12}
          spellCheck={false}
          classNames={{ input: classes.code ?? "" }}
          value={typeof step["body"] === "string" ? step["body"] : step["body"] === undefined ? "" : JSON.stringify(step["body"], null, 2)}
          error={faultOf("body")}
          onChange={(event) => set("body", event.currentTarget.value || undefined)}
        />
      )}
    </>
  );
}

function WaitFields(props: StepProps) {
  const { step, faultOf, set } = props;
  const { kind, value } = awaitedOf(step);
  return (
    <div className={classes.pair}>
      <Select
        label="Wait for"
        data={AWAITED}
        value={kind ?? null}
        error={faultOf("for")}
        onChange={(next) => next && set("for", { [next]: STARTS[next] })}
      />
      {kind === "seconds" && (
        <WholeNumberInput
          label="Seconds"
          min={0}
          max={86_400}
          value={typeof value === "number" ? value : ""}
          onChange={(seconds) => set("for", { seconds: seconds === "" ? 0 : seconds })}
        />
      )}
      {kind === "port" && <PortFields {...props} port={isObject(value) ? value : {}} />}
      {kind === "http" && (
        <TextInput
          label="URL"
          spellCheck={false}
          value={isObject(value) ? textOf(value["url"]) : ""}
          onChange={(event) => set("for", { http: { ...(isObject(value) && value), url: event.currentTarget.value } })}
        />
      )}
    </div>
  );
}

function PortFields({ port, set }: StepProps & { port: Json }) {
  const change = (changes: Json) => set("for", { port: Object.fromEntries(Object.entries({ ...port, ...changes }).filter(([, value]) => value !== undefined)) });
  return (
    <div className={classes.pair}>
      <TextInput
        label="Host"
        placeholder="that of the target"
        spellCheck={false}
        value={textOf(port["host"])}
        onChange={(event) => change({ host: event.currentTarget.value || undefined })}
      />
      <WholeNumberInput
        label="Port"
        min={1}
        max={65_535}
        value={typeof port["port"] === "number" ? port["port"] : ""}
        onChange={(value) => change({ port: value })}
      />
    </div>
  );
}

function ApprovalFields({ step, faultOf, set }: StepProps) {
  return (
    <>
      <Textarea
        label="What is asked"
        required
        autosize
        minRows={2}
        maxRows={8}
        placeholder="May the new version go live?"
        value={textOf(step["message"])}
        error={faultOf("message")}
        onChange={(event) => set("message", event.currentTarget.value)}
      />
      <Select
        label="Who may decide"
        data={[{ value: "operator", label: "Operators and admins" }, { value: "admin", label: "Admins" }]}
        value={textOf(step["role"]) || "operator"}
        error={faultOf("role")}
        onChange={(value) => set("role", value === "operator" ? undefined : value)}
      />
    </>
  );
}

function JobFields({ step, faultOf, set }: StepProps) {
  return (
    <div className={classes.pair}>
      <TextInput
        label="Name of the job"
        description="The run waits for its end"
        required
        spellCheck={false}
        value={textOf(step["job"])}
        error={faultOf("job")}
        onChange={(event) => set("job", event.currentTarget.value)}
      />
      <PairsField label="What it is told" value={step["parameters"]} error={faultOf("parameters")} onChange={(value) => set("parameters", value)} />
    </div>
  );
}
