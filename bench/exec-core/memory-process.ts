import { compileRules } from "@pomona/rules";
import { guardedFeed, sampleLines, streamOf } from "./guarded-feed.ts";
import { manyRules } from "./many-rules.ts";

/** Feeds a million events and prints its resident memory on the way and at the end. */
const PER_PASS = 500;
const feed = guardedFeed(streamOf(sampleLines(PER_PASS)), compileRules(manyRules(10_000)));
const rssMB = () => Math.round(process.memoryUsage.rss() / 2 ** 20);
const after = (events: number): number => {
  for (let n = 0; n < events; n += PER_PASS) feed();
  return rssMB();
};
const rssAfterTenthMillionEventsMB = after(100_000);
const rssAfterMillionEventsMB = after(900_000);
console.log(JSON.stringify({ rssAfterTenthMillionEventsMB, rssAfterMillionEventsMB }));
