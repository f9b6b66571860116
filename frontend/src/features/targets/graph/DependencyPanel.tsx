import type { Target } from "@/api/targets";
export function DependencyPanel({ target }: { target: Target }) { return <div>{target.name}</div>; }
