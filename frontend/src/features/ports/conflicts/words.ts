/** What the types of conflicts mean, in words, and what helps. */

import type { Kind, Severity } from "./api";

interface Words {
  /** What it is called. */
  title: string;
  /** What it means, for somebody who never met it. */
  meaning: string;
  /** What helps. */
  help: string;
}

export const WORDS: Record<Kind, Words> = {
  duplicate_assignment: {
    title: "Two services on one port",
    meaning: "The same port is declared for more than one service. Only the first that starts gets it; the other one fails to.",
    help: "Resolve it here: the service that can move with the least disruption gets a port of its own. You can also reassign one by hand.",
  },
  system_conflict: {
    title: "Held by another program",
    meaning: "A process that is not the service listens on its port. The service cannot start there, and callers reach the wrong program.",
    help: "Stop that process, or resolve it here: the service gets another port, and the taken one is left alone.",
  },
  foreign_listener: {
    title: "Held by an unknown process",
    meaning: "Something listens on the port and does not prove to be the service: it answers no health check by its name.",
    help: "If it is the service, let its health answer say its name, or register its process. If not, stop it or move the service.",
  },
  drift_not_listening: {
    title: "Service is gone",
    meaning: "The service was seen on its port before, and nobody listens there any more.",
    help: "Start the service again, or put it into maintenance if it is meant to be away.",
  },
  drift_wrong_port: {
    title: "Listens on another port",
    meaning: "The service runs, but on another port than the one that is recorded. Callers look for it in the wrong place.",
    help: "Assign the port that it really uses, or restart it with the one that is recorded.",
  },
  drift_wrong_process: {
    title: "Another service answers",
    meaning: "A service of this suite answers on the port of another one; most often they were started with swapped settings.",
    help: "Restart both with the ports that are recorded, or record what is true: exchange their ports.",
  },
  netns_mismatch: {
    title: "Hidden in a container",
    meaning: "The service listens in a network namespace of its own, and nothing leads from the port of this machine to it.",
    help: "Publish the port of the container on this machine, at the number that is recorded.",
  },
  multi_listener_reuseport: {
    title: "Port shared by several sockets",
    meaning: "Several sockets listen on the port together (SO_REUSEPORT), and the kernel spreads connections among them.",
    help: "Fine if one service does that on purpose: suppress it. Else an old process still runs: stop it.",
  },
  wildcard_shadow: {
    title: "Two processes on one port",
    meaning: "Two processes listen on the port at different addresses. Which one answers depends on the address that a caller uses.",
    help: "Stop the one that does not belong there, or bind it to another port.",
  },
  reserved_violation: {
    title: "On a reserved port",
    meaning: "The port is reserved, and a service is declared on it all the same.",
    help: "Take the reservation away if the service may stay, or move the service.",
  },
  out_of_pool: {
    title: "Outside the range",
    meaning: "The port lies outside the range of the suite. It works, but nobody plans with it and firewalls may not know it.",
    help: "Move the service into the range, or suppress this if the port is meant to be.",
  },
  privileged_without_cap: {
    title: "Needs the rights of root",
    meaning: "Ports this low can only be opened by root, or with CAP_NET_BIND_SERVICE.",
    help: "Give the service a higher port, or the capability.",
  },
  ephemeral_overlap: {
    title: "Range overlaps outgoing ports",
    meaning: "The kernel takes ports of this range for outgoing connections. One of them may hold a port just when its service starts.",
    help: "Keep the range free with the sysctl that is named above, or move the range of the suite.",
  },
  ephemeral_hit: {
    title: "Held by an outgoing connection",
    meaning: "An outgoing connection of this machine holds the port at this moment, so the service cannot listen there.",
    help: "It passes when the connection ends. Resolve it here, or keep the range out of the kernel's hands for good.",
  },
  browser_blocked: {
    title: "Refused by browsers",
    meaning: "Browsers refuse to open this port (it belongs to a well-known protocol), so no page can call the service there.",
    help: "Move the service if browsers are to reach it, else suppress this.",
  },
  stale_quarantine: {
    title: "Released, but still in use",
    meaning: "The service gave the port back, and a process still listens there. Nobody else can get the port meanwhile.",
    help: "Stop the old process.",
  },
  gateway_drift: {
    title: "Gateway leads elsewhere",
    meaning: "The gateway sends requests to another port than the one that is recorded, or does not follow its own settings.",
    help: "Set the gateway to the recorded port, or record the port that the gateway uses; then look again.",
  },
};

/** Worst first. */
export const SEVERITIES: readonly Severity[] = ["critical", "high", "medium", "low"];
