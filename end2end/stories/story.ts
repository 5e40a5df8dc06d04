// The start of every story: an empty installation, a merchant before it, and shoppers when they are asked for. Stories
// share nothing, so that each can run and fail alone.
import { type Page, test as base } from "@playwright/test";
import { Merchant } from "./merchant";
import { PHONE, Shopper } from "./shopper";
import { World } from "./world";

interface Story {
  /** Whether the installation has sample data; `test.use({ hasSample: true })`. */
  hasSample: boolean;
  world: World;
  merchant: Merchant;
  newShopper: () => Promise<Shopper>;
  shot: (page: Page, name: string) => Promise<void>;
}

export const test = base.extend<Story>({
  hasSample: [false, { option: true }],
  world: async ({ hasSample }, use, story) => {
    const world = new World(`story_${story.testId.replaceAll(/[^0-9a-z]/g, "_")}`, hasSample);
    await world.start();
    await use(world);
    await world.stop();
    if (story.status !== story.expectedStatus) await story.attach("server log", { body: world.log });
  },
  merchant: async ({ world: _, browser }, use) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    await use(new Merchant(await context.newPage()));
    await context.close();
  },
  newShopper: async ({ world: _, browser }, use) => {
    const contexts: { close: () => Promise<void> }[] = [];
    await use(async () => {
      const context = await browser.newContext(PHONE);
      contexts.push(context);
      return new Shopper(context, await context.newPage());
    });
    for (const context of contexts) await context.close();
  },
  shot: async ({}, use) => {
    const folder = `./artefacts/screenshots-${process.env.STORY ?? "sqlite"}`;
    await use(async (page, name) => {
      await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
    });
  },
});
export { expect } from "@playwright/test";
