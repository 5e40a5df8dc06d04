// One installation for one story: the server and the simulated Shopify on an empty database.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

// Playwright's workers run stories at the same time: each has ports of its own.
const worker = Number(process.env.TEST_PARALLEL_INDEX ?? 0);
const port = (name: string, fallback: number) => Number(process.env[name] ?? fallback) + 10 * worker;
export const APP = `http://localhost:${port("APP_PORT", 4000)}`;
export const ADMIN = `http://127.0.0.1:${port("ADMIN_PORT", 4100)}`;
export const SHOP = `http://127.0.0.1:${port("STOREFRONT_PORT", 4101)}`;
export const DEMO_SHOP = "demo-shop.myshopify.com";
const BINARY = process.env.BINARY ?? "../target/debug/creatorscore";
const FOLDER = process.env.FOLDER ?? "/tmp/creatorscore-story";
const KEY = process.env.APP_ENCRYPTION_KEY ?? "c3Rvcnktc3Rvcnktc3Rvcnktc3Rvcnktc3Rvcnkta2U=";

export class World {
  private process?: ChildProcess;
  private environment: NodeJS.ProcessEnv = {};
  private readonly folder: string;
  log = "";

  /** `name` is different for every story: lower-case letters, digits and underscores. */
  constructor(private readonly name: string, private readonly hasSample = false) {
    this.folder = `${FOLDER}/${name}`;
  }

  async start() {
    mkdirSync(this.folder, { recursive: true });
    this.environment = {
      ...process.env,
      LISTEN: `127.0.0.1:${port("APP_PORT", 4000)}`,
      PUBLIC_URL: APP,
      DATABASE_URL: await this.database(),
      APP_ENCRYPTION_KEY: KEY,
    };
    const options = ["--admin-port", String(port("ADMIN_PORT", 4100)), "--storefront-port", String(port("STOREFRONT_PORT", 4101))];
    const data = this.hasSample ? [] : ["--empty"];
    const database = String(this.environment.DATABASE_URL);
    this.process = spawn(BINARY, ["demo", ...data, "--folder", this.folder, "--database", database, ...options], { env: this.environment });
    this.process.stdout?.on("data", (text) => (this.log += text));
    this.process.stderr?.on("data", (text) => (this.log += text));
    // Sample data takes some seconds more.
    for (let attempt = 0; attempt < (this.hasSample ? 900 : 200); attempt++) {
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
    return JSON.parse(execFileSync(BINARY, ["--json", ...options], { env: this.environment, encoding: "utf8" }));
  }

  /** A server key of a new brand that has no shop. */
  serverKey(): string {
    const brand = this.command("brand", "create", "--name", "Clients");
    return this.command("key", "create", "--kind", "server", "--brand", brand.id).key;
  }

  /** The id of the installed brand. */
  brand(): string {
    const found = this.log.match(/brd_[0-9a-z]{26}/);
    if (!found) throw new Error("no brand id in the log");
    return found[0];
  }

  /**
   * The address of an empty database: a file, or a new database of the PostgreSQL server at `POSTGRES_URL`. Its role owns
   * it and is no superuser, as an installation's: row-level security applies.
   */
  private async database(): Promise<string> {
    const server = process.env.POSTGRES_URL;
    if (!server) return `sqlite://${this.folder}/story.sqlite`;
    const client = new pg.Client({ connectionString: `${server}/postgres` });
    await client.connect();
    await client.query(`drop database if exists ${this.name} with (force)`);
    await client.query(`drop role if exists ${this.name}`);
    await client.query(`create role ${this.name} login`);
    await client.query(`create database ${this.name} owner ${this.name}`);
    await client.end();
    const address = new URL(`${server}/${this.name}`);
    address.username = this.name;
    return address.href;
  }
}
