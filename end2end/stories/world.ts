// Starts the server and the simulated Shopify for one story and stops them after it.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { execFileSync } from "node:child_process";

const port = (name: string, fallback: number) => Number(process.env[name] ?? fallback);
export const APP = `http://localhost:${port("APP_PORT", 4000)}`;
export const ADMIN = `http://127.0.0.1:${port("ADMIN_PORT", 4100)}`;
export const SHOP = `http://127.0.0.1:${port("STOREFRONT_PORT", 4101)}`;
const BINARY = process.env.BINARY ?? "../target/debug/creatorscore";
const folder = process.env.FOLDER ?? "/tmp/creatorscore-story";

const environment = {
  ...process.env,
  LISTEN: `127.0.0.1:${port("APP_PORT", 4000)}`,
  PUBLIC_URL: APP,
  DATABASE_URL: process.env.DATABASE_URL ?? `sqlite://${folder}/story.sqlite`,
  APP_ENCRYPTION_KEY: process.env.APP_ENCRYPTION_KEY ?? "c3Rvcnktc3Rvcnktc3Rvcnktc3Rvcnktc3Rvcnkta2U=",
};

export class World {
  private process?: ChildProcess;
  log = "";

  async start() {
    const options = ["--admin-port", String(port("ADMIN_PORT", 4100)), "--storefront-port", String(port("STOREFRONT_PORT", 4101))];
    this.process = spawn(BINARY, ["demo", "--folder", folder, ...options], { env: environment });
    this.process.stdout?.on("data", (text) => (this.log += text));
    this.process.stderr?.on("data", (text) => (this.log += text));
    for (let attempt = 0; attempt < 200; attempt++) {
      const isUp = await Promise.all([fetch(`${APP}/readyz`), fetch(`${ADMIN}/`), fetch(`${SHOP}/`)]).then(
        (answers) => answers.every((answer) => answer.ok),
        () => false,
      );
      if (isUp) return;
      if (this.process.exitCode !== null) break;
      await sleep(100);
    }
    throw new Error(`the demo did not start:\n${this.log}`);
  }

  async stop() {
    if (!this.process || this.process.exitCode !== null) return;
    this.process.kill("SIGTERM");
    await once(this.process, "exit");
  }

  /** Runs a CLI command of the binary while the server runs and parses its JSON output. */
  command(...options: string[]) {
    return JSON.parse(execFileSync(BINARY, ["--json", ...options], { env: environment, encoding: "utf8" }));
  }
}
