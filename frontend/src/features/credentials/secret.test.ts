import { expect, test } from "vitest";
import { faultOf, keyFault, NO_SECRET, toData } from "./secret";

const KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\r\nAAAA\r\n-----END OPENSSH PRIVATE KEY-----";

test("only what the type asks for is sent, and nothing empty", () => {
  const form = { ...NO_SECRET, username: " root ", password: " keep spaces ", private_key: KEY, domain: "CORP", api_key: "k" };
  expect(toData("ssh", form)).toEqual({ username: "root", private_key: KEY.replaceAll("\r", "") + "\n" });
  expect(toData("ssh", { ...form, method: "password" })).toEqual({ username: "root", password: " keep spaces " });
  expect(toData("winrm", form)).toEqual({ username: "root", password: " keep spaces ", domain: "CORP" });
  expect(toData("api_key", form)).toEqual({ api_key: "k" });
});

test("only fields that are asked for can be missing", () => {
  expect(faultOf("private_key", "ssh", NO_SECRET)).not.toBeNull();
  expect(faultOf("password", "ssh", NO_SECRET)).toBeNull();
  expect(faultOf("password", "ssh", { ...NO_SECRET, method: "password" })).not.toBeNull();
  expect(faultOf("passphrase", "ssh", NO_SECRET)).toBeNull();
  expect(faultOf("header", "api_key", NO_SECRET)).toBeNull();
});

test.each([
  [KEY, null],
  [`\n${KEY}\n\n`, null],
  ["ssh-ed25519 AAAA me", /public/],
  ["PuTTY-User-Key-File-3: ssh-ed25519", /PuTTY/],
  ["AAAA", /begins with/],
  [KEY.slice(0, -10), /cut off/],
])("the key %j is judged", (text, fault) => {
  if (fault) expect(keyFault(text)).toMatch(fault);
  else expect(keyFault(text)).toBeNull();
});
