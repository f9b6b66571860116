/** Own checks of a definition, so that people see faults as they type; the server decides. */

import { awaitedOf, isFleet, isObject, type Json, needsTarget, PARAMETER_TYPES, STEP_TYPES, textOf, workField } from "../definition";
import { base64Size } from "./content";
import type { Fault } from "./faults";
import type { Path } from "./source";

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/;
const HOLE = /\{\{\s*([A-Za-z_][A-Za-z0-9_]*)[^}]*\}\}/g;
/** Longest time of a step in seconds. */
const MAX_SECONDS = 86_400;
const MAX_STEPS = 100;

/** What is wrong with a definition; `targets` are the names that there are, once they are known. */
export function check(definition: Json, targets: ReadonlySet<string> | undefined): Fault[] {
  const { name, parameters, steps } = definition;
  const faults: Fault[] = [];
  if (textOf(name).trim() === "") faults.push({ path: ["name"], detail: "A name is needed", missing: true });
  else if (textOf(name).length > 100) faults.push({ path: ["name"], detail: "At most 100 characters" });
  if (parameters !== undefined && parameters !== null && !isObject(parameters)) {
    faults.push({ path: ["parameters"], detail: "Has to be names with their defaults" });
  }
  const known = isObject(parameters) ? parameters : {};
  for (const [key, value] of Object.entries(known)) faults.push(...checkParameter(["parameters", key], key, value));
  if (!Array.isArray(steps) || steps.length === 0) {
    faults.push({ path: ["steps"], detail: "At least one step is needed", missing: true });
    return faults;
  }
  if (steps.length > MAX_STEPS) faults.push({ path: ["steps"], detail: `At most ${MAX_STEPS} steps` });
  const names = new Set(["target", "steps", ...Object.keys(known)]);
  const around = { names, targets, isFleet: isFleet(definition) };
  steps.forEach((step: unknown, index) => {
    const path = ["steps", index];
    if (!isObject(step)) {
      faults.push({ path, detail: "A step has names and values, such as type: ssh.exec" });
      return;
    }
    faults.push(...checkStep(path, step, around));
    // Steps after it may ask for its result, and so may what undoes it.
    const register = textOf(step["register"]);
    if (register !== "") names.add(register);
    faults.push(...checkUndo([...path, "undo"], step["undo"] ?? undefined, around));
  });
  return faults;
}

function checkParameter(path: Path, name: string, value: unknown): Fault[] {
  const faults: Fault[] = [];
  if (!NAME.test(name) || name === "target") {
    faults.push({ path, detail: "A name of letters, digits and _, that is not target" });
  }
  if (value === null || Array.isArray(value) || (typeof value === "number" && !Number.isInteger(value))) {
    faults.push({ path, detail: "A default (text, whole number, true or false), or a schema with its type" });
  }
  if (!isObject(value)) return faults;
  const type = value["type"] ?? "string";
  if (!PARAMETER_TYPES.some((one) => one === type)) {
    faults.push({ path: [...path, "type"], detail: `One of ${PARAMETER_TYPES.join(", ")}` });
  }
  if (type === "enum" && !(Array.isArray(value["values"]) && value["values"].length > 0)) {
    faults.push({ path: [...path, "values"], detail: "At least one value to choose from" });
  }
  return faults;
}

/** What a step is judged by beside itself. */
interface Around {
  /** What commands may ask for. */
  names: ReadonlySet<string>;
  targets: ReadonlySet<string> | undefined;
  isFleet: boolean;
}

function checkStep(path: Path, step: Json, { names, targets, isFleet }: Around): Fault[] {
  const faults: Fault[] = [];
  const fault = (field: string, detail: string, missing?: true) => faults.push({ path: [...path, field], detail, ...(missing && { missing }) });
  const type = step["type"];
  if (!STEP_TYPES.some((one) => one.value === type)) fault("type", `One of ${STEP_TYPES.map((one) => one.value).join(", ")}`);
  const target = textOf(step["target"]);
  if (target === "" && !isFleet && needsTarget(step)) fault("target", "Choose where it runs", true);
  else if (target !== "" && targets && !targets.has(target)) fault("target", `There is no target ${target}`);
  const seconds = step["timeoutSec"] ?? 60;
  if (!Number.isInteger(seconds) || Number(seconds) < 1 || Number(seconds) > MAX_SECONDS) {
    fault("timeoutSec", `A whole number from 1 to ${MAX_SECONDS}`);
  }
  if (type === "ssh.exec" || type === "winrm.exec") {
    const work = workField(step);
    if (textOf(step[work]).trim() === "") fault(work, "What is to be run", true);
  } else if (type === "ssh.copy" || type === "winrm.copy") {
    checkCopy(step, type === "ssh.copy", fault);
  } else {
    checkKind(step, fault);
  }
  for (const field of ["command", "script", "stdin", "destPath", "fromUrl", "path", "url", "message"]) {
    const strange = unknownHole(textOf(step[field]), names);
    if (strange) fault(field, `{{ ${strange} }} is no parameter of this job, and no result of a step before`);
  }
  return faults;
}

function checkUndo(path: Path, undo: unknown, around: Around): Fault[] {
  if (undo === undefined) return [];
  if (!isObject(undo)) return [{ path, detail: "A step has names and values, such as type: ssh.exec" }];
  const strange = ["target", "register", "undo"].filter((field) => field in undo);
  return [
    ...strange.map((field) => ({ path: [...path, field], detail: "Is not for a step that undoes another" })),
    // It is done where the step was that it undoes.
    ...checkStep(path, undo, { ...around, targets: undefined, isFleet: true }),
  ];
}

function checkKind(step: Json, fault: (field: string, detail: string, missing?: true) => void): void {
  switch (step["type"]) {
    case "ssh.fetch":
      if (textOf(step["path"]) === "") fault("path", "Which file is read", true);
      break;
    case "http.request":
      if (textOf(step["path"]) === "" && textOf(step["url"]) === "") fault("path", "What is asked: a path, or a URL", true);
      break;
    case "wait":
      if (!awaitedOf(step).kind) fault("for", "What it waits for: seconds, port or http", true);
      break;
    case "job":
      if (textOf(step["job"]) === "") fault("job", "Which job it runs", true);
      break;
    case "approval":
      if (textOf(step["message"]).trim() === "") fault("message", "What is asked", true);
      break;
  }
}

function checkCopy(step: Json, posix: boolean, fault: (field: string, detail: string, missing?: true) => void): void {
  const path = textOf(step["destPath"]);
  if (path === "") fault("destPath", "Where the file is written", true);
  else if (posix && !path.startsWith("/") && !path.startsWith("{{")) fault("destPath", "A path from the root on, such as /etc/motd");
  const content = step["contentB64"];
  if (step["fromUrl"] !== undefined) {
    if (!/^https?:\/\/./.test(textOf(step["fromUrl"]))) fault("fromUrl", "An address with http:// or https://", true);
    if (content !== undefined) fault("contentB64", "Either the content, or where it is fetched from");
  } else if (typeof content !== "string") fault("contentB64", "What is written: type it or choose a file", true);
  else if (base64Size(content) === null) fault("contentB64", "Has to be base64 with padding");
  const mode = step["mode"] ?? "0644";
  if (posix && !(typeof mode === "string" && /^[0-7]{3,4}$/.test(mode))) fault("mode", "Octal digits in quotes, such as 0644");
}

function unknownHole(text: string, names: ReadonlySet<string>): string | undefined {
  return [...text.matchAll(HOLE)].map((hole) => hole[1] ?? "").find((name) => !names.has(name));
}
