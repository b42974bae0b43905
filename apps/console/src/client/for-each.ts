import { ProblemError } from "./problem-error.ts";

/** What came of doing the same to several things. */
export interface ForEach {
  readonly done: number;
  readonly failed: number;
  /** Of the first that failed. */
  readonly reason: string | null;
}

const AT_ONCE = 6;

/** Does the same to each, a few at a time; one that fails does not keep the others from being done. */
export const forEach = async <Item>(
  items: readonly Item[],
  run: (item: Item) => Promise<unknown>,
): Promise<ForEach> => {
  const reasons: string[] = [];
  const left = [...items];
  const work = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift())
      try {
        await run(item);
      } catch (cause) {
        reasons.push(cause instanceof ProblemError ? cause.message : String(cause));
      }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { done: items.length - reasons.length, failed: reasons.length, reason: reasons[0] ?? null };
};
