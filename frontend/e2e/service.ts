/** A service that runs and lets itself be moved, as the port manager expects it. */

import { createServer, type IncomingMessage, type Server } from "node:http";

/** How it behaves. */
interface Behaviour {
  /** Refuses to be moved. */
  stays?: boolean;
}

/** One that listens until it is closed. */
export class PlayedService {
  #servers = new Map<number, Server>();
  /** How often it was asked to restart. */
  restarts = 0;

  constructor(
    readonly name: string,
    readonly behaviour: Behaviour = {},
  ) {}

  /** Listens on a port. */
  async open(port: number): Promise<this> {
    const server = createServer((request, answer) => {
      void this.#answer(request, port).then(([status, body]) => {
        answer.writeHead(status, { "Content-Type": "application/json", Connection: "close" }).end(JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
    this.#servers.set(port, server);
    return this;
  }

  /** Ports that it listens on. */
  get ports(): number[] {
    return [...this.#servers.keys()];
  }

  /** Listens nowhere any more. */
  async close(): Promise<void> {
    for (const port of this.ports) await this.#shut(port);
  }

  async #answer(request: IncomingMessage, port: number): Promise<[number, unknown]> {
    if (request.url === "/health") return [200, { status: "healthy", service_id: this.name }];
    if (request.url === "/api/admin/restart") {
      this.restarts += 1;
      return [200, {}];
    }
    if (request.url !== "/api/config/update-port") return [404, {}];
    if (this.behaviour.stays) return [500, { message: "no" }];
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const { new_port } = JSON.parse(text) as { new_port: number };
    await this.open(new_port);
    setTimeout(() => void this.#shut(port), 100);
    return [200, {}];
  }

  #shut(port: number): Promise<void> {
    const server = this.#servers.get(port);
    this.#servers.delete(port);
    return new Promise((resolve) => (server ? server.close(() => resolve()) : resolve()));
  }
}
