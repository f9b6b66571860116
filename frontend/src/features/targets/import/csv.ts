/** Reads targets from comma-separated values (RFC 4180). */

import type { Protocol } from "@/api/targets";
import { cleaned, MAX_ROWS, type Parsed, readPort, type Row } from "./row";

/** Columns, and other names for them. */
const COLUMNS: Record<string, string> = {
  name: "name",
  target: "name",
  hostname: "hostname",
  host: "hostname",
  address: "hostname",
  ip: "hostname",
  protocol: "protocol",
  port: "port",
  tags: "tags",
  tag: "tags",
  labels: "tags",
  credential: "credential",
};
const PROTOCOLS: readonly string[] = ["ssh", "winrm", "http"];

/** One record with the line that it begins at. */
interface Line {
  line: number;
  cells: string[];
}

/** Reads targets; the first line names the columns. Commas, semicolons and tabs may separate. */
export function parseCsv(source: string): Parsed {
  const text = cleaned(source);
  const { records, open } = split(text, separatorOf(text));
  const faults: Parsed["faults"] = [];
  if (open !== undefined) faults.push({ line: open, message: "a quote is opened here and never closed" });
  const [head, ...body] = records.filter(({ cells }) => cells.some((cell) => cell.trim() !== ""));
  if (!head) return { rows: [], faults };
  const { columns, fault } = readHead(head);
  if (fault) return { rows: [], faults: [...faults, { line: head.line, message: fault }] };
  if (body.length > MAX_ROWS) faults.push({ line: body[MAX_ROWS]?.line ?? 1, message: `only the first ${MAX_ROWS} rows are read` });
  return { rows: body.slice(0, MAX_ROWS).map((record) => readRow(record, columns)), faults };
}

/** The sign that the first line has most of, outside of quotes. */
function separatorOf(text: string): string {
  const head = (text.trimStart().split("\n", 1)[0] ?? "").replaceAll(/"[^"]*"/g, "");
  const count = (sign: string) => head.split(sign).length;
  return [",", ";", "\t"].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
}

function split(text: string, separator: string): { records: Line[]; open: number | undefined } {
  const records: Line[] = [];
  let record: Line = { line: 1, cells: [] };
  let [cell, quoted, line, opened] = ["", false, 1, 1];
  const endCell = () => {
    record.cells.push(cell);
    cell = "";
  };
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charAt(at);
    if (sign === "\n") line += 1;
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (text.charAt(at + 1) === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (sign === '"' && cell.trim() === "") [cell, quoted, opened] = ["", true, line];
    else if (sign === separator) endCell();
    else if (sign === "\n") {
      endCell();
      records.push(record);
      record = { line, cells: [] };
    } else cell += sign;
  }
  endCell();
  records.push(record);
  return { records, open: quoted ? opened : undefined };
}

function readHead({ cells }: Line): { columns: (string | undefined)[]; fault?: string } {
  const words = cells.map((cell) => cell.trim().toLowerCase());
  const columns = words.map((word) => (Object.hasOwn(COLUMNS, word) ? COLUMNS[word] : undefined));
  const strange = words.filter((word, at) => word !== "" && columns[at] === undefined);
  const twice = columns.find((column, at) => column !== undefined && columns.indexOf(column) !== at);
  if (!columns.includes("name")) {
    return { columns, fault: "the first line has to name the columns: name, hostname, protocol, port, tags, credential" };
  }
  if (strange.length > 0) return { columns, fault: `the column “${strange[0]}” is not known here` };
  return twice ? { columns, fault: `two columns hold the ${twice}` } : { columns };
}

function readRow({ line, cells }: Line, columns: readonly (string | undefined)[]): Row {
  const row: Row = { line, name: "", tags: [], metadata: {}, faults: [] };
  if (cells.slice(columns.length).some((cell) => cell.trim() !== "")) {
    row.faults.push(`has ${cells.length} values for ${columns.length} columns`);
  }
  columns.forEach((column, at) => {
    const text = cells[at]?.trim() ?? "";
    if (text !== "") readCell(row, column, text);
  });
  if (row.name === "") row.faults.push("has no name");
  return row;
}

function readCell(row: Row, column: string | undefined, text: string): void {
  switch (column) {
    case "name":
    case "hostname":
    case "credential":
      row[column] = text;
      break;
    case "protocol":
      if (PROTOCOLS.includes(text.toLowerCase())) row.protocol = text.toLowerCase() as Protocol;
      else row.faults.push(`the protocol “${text}” is none of ssh, winrm, http`);
      break;
    case "port": {
      const read = readPort(text);
      if ("port" in read) row.port = read.port;
      else row.faults.push(read.fault);
      break;
    }
    case "tags":
      row.tags = text.split(/[\s,;|]+/).filter(Boolean);
      break;
  }
}
