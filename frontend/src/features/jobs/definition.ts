/** What a job is made of, read leniently: any part may be missing or wrong. */

/** An object as JSON or YAML hold it. */
export type Json = Record<string, unknown>;

export const PARAMETER_TYPES = ["string", "integer", "boolean", "enum", "secret"] as const;
export type ParameterType = (typeof PARAMETER_TYPES)[number];

/** Something that a run is told. */
export interface Parameter {
  name: string;
  type: ParameterType;
  required: boolean;
  default: unknown;
  description: string;
  pattern: string;
  min: number | undefined;
  max: number | undefined;
  values: string[];
}

/** What the server can do in a step. */
export const STEP_TYPES = [
  { value: "ssh.exec", label: "Run a command over SSH", protocol: "ssh" },
  { value: "ssh.copy", label: "Copy a file over SSH", protocol: "ssh" },
  { value: "ssh.fetch", label: "Read a file over SSH", protocol: "ssh" },
  { value: "http.request", label: "Ask an HTTP interface", protocol: "http" },
  { value: "wait", label: "Wait for time, a port or an answer", protocol: null },
  { value: "approval", label: "Ask somebody for approval", protocol: null },
  { value: "job", label: "Run another job", protocol: null },
  { value: "winrm.exec", label: "Run a command over WinRM", protocol: "winrm" },
  { value: "winrm.copy", label: "Copy a file over WinRM", protocol: "winrm" },
] as const;

/** Whether a value is an object with names. */
export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A text field; empty if it is none. */
export const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

const numberOf = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);

/** The steps; what is no object is shown as an empty step. */
export function stepsOf(definition: Json): Json[] {
  const { steps } = definition;
  return Array.isArray(steps) ? steps.map((step: unknown) => (isObject(step) ? step : {})) : [];
}

/** The parameters in their order. */
export function parametersOf(definition: Json): Parameter[] {
  const { parameters } = definition;
  return isObject(parameters) ? Object.entries(parameters).map(([name, value]) => parameterOf(name, value)) : [];
}

/** One parameter, given as its default or as a schema. */
function parameterOf(name: string, value: unknown): Parameter {
  const schema = isObject(value) ? value : { type: typeOfDefault(value), default: value };
  const type = PARAMETER_TYPES.find((one) => one === schema["type"]) ?? "string";
  return {
    name,
    type,
    required: schema["required"] === true && (schema["default"] ?? null) === null,
    default: schema["default"] ?? undefined,
    description: textOf(schema["description"]),
    pattern: textOf(schema["pattern"]),
    min: numberOf(schema["min"]),
    max: numberOf(schema["max"]),
    values: Array.isArray(schema["values"]) ? schema["values"].map(String) : [],
  };
}

function typeOfDefault(value: unknown): ParameterType {
  if (typeof value === "boolean") return "boolean";
  return typeof value === "number" ? "integer" : "string";
}

/** What a step waits for: the one name there, and what it says of it. */
export function awaitedOf(step: Json): { kind: string | undefined; value: unknown } {
  const awaited = isObject(step["for"]) ? step["for"] : {};
  const kind = ["seconds", "port", "http"].find((one) => one in awaited);
  return { kind, value: kind && awaited[kind] };
}

/** As whom a step works by sudo; empty if as the user who logs in. */
export function userOf(step: Json): string {
  const { become } = step;
  return become === true ? "root" : isObject(become) ? textOf(become["user"]) : "";
}

/** Whether a step can only be done on a target. */
export const needsTarget = (step: Json): boolean =>
  !["wait", "approval", "job"].includes(textOf(step["type"])) && !(step["type"] === "http.request" && textOf(step["url"]) !== "");

function describeWait(step: Json): string {
  const { kind, value } = awaitedOf(step);
  if (kind === "seconds" && typeof value === "number") return `Waits for ${value} s`;
  if (kind === "port" && isObject(value)) return `Waits for port ${showValue(value["port"])} of ${textOf(value["host"]) || textOf(step["target"]) || "each target"}`;
  return kind === "http" && isObject(value) ? `Waits for an answer of ${textOf(value["url"])}` : "Waits";
}

/** What a step does, in a few words. */
export function describeStep(step: Json, fleet: boolean): string {
  const target = textOf(step["target"]) || (fleet ? "all targets" : "no target");
  switch (step["type"]) {
    case "ssh.exec":
      return `Runs a ${workField(step)} on ${target} with ${textOf(step["shell"]) || "bash"}`;
    case "winrm.exec":
      return `Runs a command on ${target} with ${textOf(step["shell"]) || "powershell"}`;
    case "ssh.copy":
    case "winrm.copy":
      return `Writes ${textOf(step["destPath"]) || "a file"} on ${target}`;
    case "ssh.fetch":
      return `Reads ${textOf(step["path"]) || "a file"} on ${target}`;
    case "http.request":
      return `Sends ${textOf(step["method"]) || "GET"} ${textOf(step["url"]) || `${textOf(step["path"])} to ${target}`}`;
    case "wait":
      return describeWait(step);
    case "approval":
      return `Asks ${step["role"] === "admin" ? "an admin" : "an operator"}: ${textOf(step["message"])}`;
    case "job":
      return `Runs the job ${textOf(step["job"])}`;
    default:
      return `${textOf(step["type"]) || "Step without a type"} on ${target}`;
  }
}

/** Seconds that a step may take if it does not say so itself; none where that follows from what it does. */
export function usualSeconds(step: Json): number | undefined {
  if (step["type"] === "approval" || step["type"] === "job") return 86_400;
  return step["type"] === "wait" && awaitedOf(step).kind === "seconds" ? undefined : 60;
}

/** What a failure of the step does to the run. */
export const ON_ERROR: Record<string, string> = {
  stop: "the run stops",
  continue: "the run goes on, and fails at its end",
  ignore: "the run goes on as if it had succeeded",
};

/** A value for people; texts without quotes. */
export const showValue = (value: unknown): string =>
  typeof value === "string" ? value || "(empty)" : value === undefined ? "–" : JSON.stringify(value);

/** Fields of a definition and of a step, as people read them. */
export const DEFINITION_ORDER = ["name", "version", "description", "parameters", "steps"];
export const STEP_ORDER = [
  "name", "type", "target", "shell", "command", "stdin", "env", "destPath", "mode", "owner", "fromUrl", "sha256", "overwrite",
  "timeoutSec", "on_error", "idempotent", "contentB64", "undo",
];
const PARAMETER_ORDER = ["type", "required", "default", "description", "values", "pattern", "min", "max"];

/** The definition with its fields in the order that people read; the server keeps none. */
export function inOrder(definition: Json): Json {
  const ordered = sorted(definition, DEFINITION_ORDER);
  if (Array.isArray(ordered["steps"])) {
    ordered["steps"] = ordered["steps"].map(stepInOrder);
  }
  if (isObject(ordered["parameters"])) {
    ordered["parameters"] = Object.fromEntries(
      Object.entries(ordered["parameters"]).map(([name, value]) => [
        name,
        isObject(value) ? sorted(value, PARAMETER_ORDER) : value,
      ]),
    );
  }
  return ordered;
}

function stepInOrder(step: unknown): unknown {
  if (!isObject(step)) return step;
  return isObject(step["undo"]) ? sorted({ ...step, undo: stepInOrder(step["undo"]) }, STEP_ORDER) : sorted(step, STEP_ORDER);
}

function sorted(object: Json, order: readonly string[]): Json {
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => place(a) - place(b)));
}

/** Whether steps without a target run on all targets that the job chooses. */
export const isFleet = (definition: Json): boolean => isObject(definition["targets"]);

/** Which field says what a step runs: a whole script, or a command. */
export const workField = (step: Json): "script" | "command" =>
  step["type"] === "ssh.exec" && typeof step["script"] === "string" ? "script" : "command";
