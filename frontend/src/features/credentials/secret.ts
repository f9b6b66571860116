/** The fields of a secret by type, and what is sent of them. */

import type { CredentialType } from "@/api/credentials";
import type { SecretData } from "./api";

/** All fields that any type has. */
export interface SecretForm {
  username: string;
  /** How somebody signs in over SSH. */
  method: "private_key" | "password";
  password: string;
  private_key: string;
  passphrase: string;
  /** For sudo, where the password of the sign-in is not it. */
  become_password: string;
  domain: string;
  api_key: string;
  header: string;
}

export const NO_SECRET: SecretForm = {
  username: "",
  method: "private_key",
  password: "",
  private_key: "",
  passphrase: "",
  become_password: "",
  domain: "",
  api_key: "",
  header: "",
};

type Field = Exclude<keyof SecretForm, "method">;

/** The fields that are asked for. */
function fieldsOf(type: CredentialType, method: SecretForm["method"]): readonly Field[] {
  if (type === "winrm") return ["username", "password", "domain"];
  if (type === "api_key") return ["api_key", "header"];
  return method === "password" ? ["username", "password", "become_password"] : ["username", "private_key", "passphrase", "become_password"];
}

const OPTIONAL: readonly Field[] = ["passphrase", "become_password", "domain", "header"];
const AS_TYPED: readonly Field[] = ["password", "passphrase", "become_password"];

/** What is sent: the fields that are asked for and not empty. */
export function toData(type: CredentialType, form: SecretForm): SecretData {
  const given = fieldsOf(type, form.method).map((field) => [field, clean(field, form[field])] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== ""));
}

/** A key that was pasted may lack its last line end, or have those of another system. */
function clean(field: Field, value: string): string {
  if (field === "private_key") return value.trim() === "" ? "" : `${value.trim().replaceAll(/\r\n?/g, "\n")}\n`;
  return AS_TYPED.includes(field) ? value : value.trim();
}

/** What is wrong with a field, as far as it is easily seen. */
export function faultOf(field: Field, type: CredentialType, form: SecretForm): string | null {
  if (!fieldsOf(type, form.method).includes(field)) return null;
  const value = form[field];
  if (value.trim() === "") return OPTIONAL.includes(field) ? null : MISSING[field];
  return field === "private_key" ? keyFault(value) : null;
}

const MISSING: Record<Field, string> = {
  username: "The user to sign in as",
  password: "The password",
  private_key: "The private key",
  passphrase: "",
  become_password: "",
  domain: "",
  api_key: "The key",
  header: "",
};

/** What a text is instead of a private key. */
export function keyFault(text: string): string | null {
  const key = text.trim();
  if (/^(ssh-|ecdsa-|sk-)/.test(key) || key.includes(" PUBLIC KEY")) {
    return "This is a public key; the private one is in the file without .pub";
  }
  if (key.startsWith("PuTTY-User-Key-File")) return "This is a PuTTY key; export it in OpenSSH form first";
  if (!/^-----BEGIN .*PRIVATE KEY-----/.test(key)) return "A private key begins with -----BEGIN … PRIVATE KEY-----";
  return /-----END .*PRIVATE KEY-----$/.test(key) ? null : "The key is cut off: its last line is missing";
}

/** Names of fields for people. */
export const FIELD_WORDS: Record<string, string> = {
  username: "User name",
  password: "Password",
  private_key: "Private key",
  passphrase: "Passphrase",
  become_password: "Password for sudo",
  domain: "Domain",
  api_key: "API key",
  header: "Header",
};
