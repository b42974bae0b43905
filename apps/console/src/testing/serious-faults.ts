import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";

/** What axe finds on the page as it is now that would keep somebody from using it. */
export const seriousFaults = async (page: Page): Promise<readonly string[]> => {
  // Axe would measure the contrast of a panel that is still fading in.
  await page.waitForFunction(() => document.getAnimations().every((each) => each.playState !== "running"));
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
};
