// The addresses of all pages, read from the pages' own source, so that a new one is never forgotten.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const PAGES = join(import.meta.dirname, "../../app/src/page");
/** What begins like a page and is none by itself. */
const NO_PAGE = [/sample-data$/, /\/sign-out$/, /\/attribution\/live$/, /\/qr$/];

/** Paths as the server knows them: parameters stand in braces. */
export function pagePaths(): string[] {
  const sources = readdirSync(PAGES, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".rs"));
  const found = new Set(["/"]);
  for (const source of sources) {
    const [code] = readFileSync(join(PAGES, source), "utf8").split("#[cfg(test)]");
    for (const [, path] of code.matchAll(/"(\/(?:brand|creator|sign-in|proofs?|p)(?:\/[a-z0-9{}_/-]*)?)"/g)) {
      // A link made from an id and the route are one page.
      const page = path.replaceAll(/\{[^}]*\}/g, "{id}");
      const isPath = page.split("/").every((part) => part === "{id}" || !part.includes("{"));
      if (isPath && !page.endsWith("/") && !NO_PAGE.some((other) => other.test(page))) found.add(page);
    }
  }
  return [...found].sort();
}

/** Whether an address is one of a path with parameters. */
export function matches(path: string, address: string): boolean {
  const pattern = path.split("/").map((part) => (/^\{.*\}$/.test(part) ? "[^/?#]+" : part)).join("/");
  return new RegExp(`^${pattern}$`).test(address) && !address.includes("{");
}
