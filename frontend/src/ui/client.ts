/** A short name of a client, read from what it says it is. */
export function nameOfClient(agent: string | null | undefined): string {
  if (!agent) return "unknown";
  const systems: [RegExp, string][] = [
    [/Windows/, "Windows"],
    [/iPhone|iPad/, "iOS"],
    [/Android/, "Android"],
    [/Mac OS/, "macOS"],
    [/Linux|X11/, "Linux"],
  ];
  const browsers: [RegExp, string][] = [
    [/Edg\//, "Edge"],
    [/Firefox\//, "Firefox"],
    [/HeadlessChrome\/|Chrome\//, "Chrome"],
    [/Safari\//, "Safari"],
  ];
  const found = (list: [RegExp, string][]) => list.find(([pattern]) => pattern.test(agent))?.[1];
  const browser = found(browsers);
  if (!browser) return agent.split(/[\s/]/)[0] ?? agent;
  const system = found(systems);
  return system ? `${browser} on ${system}` : browser;
}
