import { defineConfig } from "@playwright/test";

// The stories need the real binary, a real Chromium and a database; `cargo xtask test` provides all three.
const flags = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

export default defineConfig({
  testDir: "./stories",
  // The README's pictures are made by `cargo xtask pictures` alone. How the pages look, what the pixel does in a browser, and what
  // a receiver's library decides do not depend on the database.
  testIgnore: [
    ...(process.env.PICTURES ? [] : ["**/pictures.spec.ts"]),
    ...(process.env.STORY === "postgres" ? ["**/pages.spec.ts", "**/pixel*.spec.ts", "**/docs.spec.ts", "**/webhook-vectors.spec.ts"] : []),
  ],
  outputDir: `./artefacts/${process.env.STORY ?? "sqlite"}`,
  // Retries would hide flaky behaviour.
  retries: 0,
  workers: 2,
  // Stories share nothing, and one file has two of the longest.
  fullyParallel: true,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    launchOptions: { executablePath: process.env.BROWSER ?? "/usr/bin/chromium", args: flags },
    viewport: { width: 1280, height: 800 },
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
  },
});
