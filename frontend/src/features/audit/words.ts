import type { Entry } from "./api";

/** Who did it, as people call that. */
export function actorOf(entry: Entry): string {
  const name = entry.actor_name ?? entry.actor_id;
  if (entry.actor_kind === "user") return name ?? "a user";
  return name ? `${name} (${entry.actor_kind})` : entry.actor_kind;
}

/** What it was done to. */
export function objectOf(entry: Entry): string {
  return [entry.object_kind, entry.object_name ?? entry.object_id].filter(Boolean).join(" ");
}
