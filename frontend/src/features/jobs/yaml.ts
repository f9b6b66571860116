/** Definitions as YAML, in the order and style that people read. */

import { stringify } from "yaml";
import { inOrder, type Json } from "./definition";

/** How YAML is written here: long lines stay lines, and commands of several lines are blocks. */
export const STYLE = { lineWidth: 0, indentSeq: true } as const;

/** The definition as YAML. */
export const toYaml = (definition: Json): string => stringify(inOrder(definition), STYLE);
