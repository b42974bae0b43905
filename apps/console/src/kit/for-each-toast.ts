import type { ForEach } from "../client/for-each.ts";
import { toast } from "./toasts.ts";

/** Says for how many it was done, and for how many not and why. */
export const forEachToast = (done: string, { done: count, failed, reason }: ForEach, things: (n: number) => string) =>
  toast(
    failed === 0
      ? { tone: "good", title: `${done} ${things(count)}` }
      : { tone: "act", title: `Not done for ${failed} of ${things(count + failed)}`, text: reason ?? "" },
  );
