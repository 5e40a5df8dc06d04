// A client in TypeScript, generated from the document that the server shows, compiled and used.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { expect, test } from "./story";
import { APP } from "./world";

const bin = (name: string) => `./node_modules/.bin/${name}`;

test("a client generated from the document creates and lists", async ({ world }) => {
  const key = world.serverKey();
  const document = await (await fetch(`${APP}/api/openapi.json`)).text();
  writeFileSync("client/openapi.json", document);
  execFileSync(bin("openapi-typescript"), ["client/openapi.json", "-o", "client/schema.d.ts"], { stdio: "pipe" });
  try {
    execFileSync(bin("tsc"), ["-p", "client"], { encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    throw new Error(`tsc: ${(error as { stdout: string }).stdout}`);
  }
  const output = execFileSync("node", ["client/build/program.js", APP, key], { encoding: "utf8" });
  expect(JSON.parse(output)).toEqual({ creator: "Ana Lima", codes: [true], has_more: false, missing: "not_found" });
});
