/** Machines for runs on many of them: names of the demo's one. */

import { type Api, expect, PREFIX } from "./automation";

interface Target {
  id: number;
  name: string;
  port: number;
  credential_ref: number;
}

interface Key {
  algorithm: string;
  fingerprint: string;
}

/** Makes so many targets with a tag of their own, whose host keys are accepted; the answer takes them away. */
export async function makeFleet(api: Api, name: string, amount: number): Promise<{ tag: string; nameOf: (place: number) => string; remove: () => Promise<void> }> {
  const tag = `fleet:${name}`;
  const nameOf = (place: number) => `${PREFIX}${name}-${String(place).padStart(2, "0")}`;
  const list = async (search: string) => (await api.call<{ targets: Target[] }>("GET", `/v1/targets?search=${search}&limit=1000`)).body.targets;
  const remove = async () => {
    for (const { id } of await list(`${PREFIX}${name}-`)) await api.call("DELETE", `/v1/targets/${id}`);
  };
  await remove();
  const demo = (await list("demo-machine")).find((one) => one.name === "demo-machine");
  if (!demo) throw new Error("scripts/demo has left no target demo-machine");
  const { body: keys } = await api.call<Record<string, Key[]>>("GET", `/v1/targets/${demo.id}/host-keys`);
  const key = Object.values(keys).flat()[0];
  for (let place = 1; place <= amount; place += 1) {
    const wish = { name: nameOf(place), hostname: "127.0.0.1", protocol: "ssh", port: demo.port, credential_ref: demo.credential_ref, tags: [tag] };
    const made = await api.call<Target>("POST", "/v1/targets", wish);
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    await api.call("POST", `/v1/targets/${made.body.id}/host-keys`, { algorithm: key?.algorithm, fingerprint: key?.fingerprint });
  }
  return { tag, nameOf, remove };
}
