import { expect, test } from "./story";
import { APP } from "./world";

test.use({ hasSample: true });

test("a creator proves what they sold, and a stranger's browser verifies it", async ({ newShopper, browser, shot }) => {
  const { page } = await newShopper();
  await page.goto(`${APP}/demo/creator`);
  await page.goto(`${APP}/creator/proofs`);
  await page.getByRole("button", { name: "Create proof" }).click();
  await expect(page.getByText("Your proof is ready")).toBeVisible();
  await shot(page, "creator-proofs");
  const path = (await page.getByRole("link", { name: "Open" }).first().getAttribute("href")) ?? "";

  const context = await browser.newContext();
  const stranger = await context.newPage();
  await stranger.goto(`${APP}${path}`);
  await expect(stranger.getByText("These figures still hold.")).toBeVisible();
  await expect(stranger.locator("verify-proof")).toHaveAttribute("data-outcome", "valid");
  await expect(stranger.getByText("Signature verified by your browser")).toBeVisible();
  await shot(stranger, "proof");

  // Other names, days or figures than those that were signed.
  const changes: [string, string, string][] = [
    ["creator", "name", "Somebody"],
    ["brand", "name", "Another brand"],
    ["period", "to", "2001-01-01"],
    ["figures", "clicks", "0.5"],
  ];
  for (const [part, name, value] of changes) {
    await stranger.goto(`${APP}${path}`);
    await expect(stranger.locator("verify-proof")).toHaveAttribute("data-outcome", "valid");
    await stranger.locator("verify-proof").evaluate(
      (element: HTMLElement, change) => {
        const shown = JSON.parse(element.dataset.shown ?? "{}");
        shown[change.part][change.name] = change.value;
        element.dataset.shown = JSON.stringify(shown);
        delete element.dataset.outcome;
        element.replaceWith(element.cloneNode(true));
      },
      { part, name, value },
    );
    await expect(stranger.locator("verify-proof")).toHaveAttribute("data-outcome", "differs");
  }
  await expect(stranger.getByText("this page shows something else than what was signed")).toBeVisible();
  await stranger.goto(`${APP}${path}`);
  await expect(stranger.locator("verify-proof")).toHaveAttribute("data-outcome", "valid");

  // A signature of something else.
  await stranger.locator("verify-proof").evaluate((element: HTMLElement) => {
    const [header, payload, signature] = (element.dataset.jws ?? "").split(".");
    element.dataset.jws = [header, payload, (signature[0] === "A" ? "B" : "A") + signature.slice(1)].join(".");
    element.replaceWith(element.cloneNode(true));
  });
  await expect(stranger.getByText("The signature is wrong")).toBeVisible();

  await page.getByText("Withdraw", { exact: true }).first().click();
  await page.getByRole("button", { name: "Withdraw proof" }).click();
  await expect(page.getByText("Its page shows no figures any more")).toBeVisible();
  expect((await stranger.goto(`${APP}${path}`))?.status()).toBe(410);
  await expect(stranger.getByRole("heading", { name: "Proof withdrawn" })).toBeVisible();
  await context.close();
});
