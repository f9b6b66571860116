/** Reads what somebody gives, in the form that it seems to have. */

import { parseCsv } from "./csv";
import { parseIni } from "./ini";
import { cleaned, type Parsed } from "./row";
import { parseYaml } from "./yaml";

/** The forms that can be read. */
export type Form = "csv" | "ini" | "yaml";

/** Readers by form. */
const READERS: Record<Form, (text: string) => Parsed> = { csv: parseCsv, ini: parseIni, yaml: parseYaml };

/** Reads a text of a form. */
export const parse = (text: string, form: Form): Parsed => (text.trim() === "" ? { rows: [], faults: [] } : READERS[form](text));

/** The form that a text seems to have; its file's name counts most. */
export function guessForm(text: string, file = ""): Form {
  if (/\.(csv|tsv)$/i.test(file)) return "csv";
  if (/\.(ya?ml|json)$/i.test(file)) return "yaml";
  if (/\.(ini|cfg)$/i.test(file)) return "ini";
  const first = cleaned(text)
    .split("\n")
    .find((line) => line.trim() !== "" && !/^\s*[#;]/.test(line));
  if (first === undefined) return "csv";
  if (/^\s*\[/.test(first)) return "ini";
  if (/^\s*(---|["']?[\w.-]+["']?:\s*)$/.test(first)) return "yaml";
  if (/[,;\t]/.test(first) || /^\s*"?name"?\s*$/i.test(first)) return "csv";
  return "ini";
}
