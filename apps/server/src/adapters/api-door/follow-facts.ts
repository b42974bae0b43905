import type { AnyFact } from "@pomona/facts";
import type { Kernel } from "../../kernel/feature.ts";
import type { Scope } from "../../kernel/scope.ts";
import type { EventWriter } from "./event-writer.ts";

/** Facts read at once; well below what a reader that keeps up may have waiting. */
const PAGE = 100;

/**
 * Sends a tenant's facts from a position on, in order, none twice and none left out. They come out of the log a page at a
 * time, no faster than the reader takes them; who is up to date and has room gets them straight from the commit.
 * @param after undefined begins with what comes next
 * @param onFact told of each fact that was sent
 * @returns ends it
 */
export function followFacts(
  kernel: Kernel,
  scope: Scope,
  writer: EventWriter,
  after: number | undefined,
  onFact: (fact: AnyFact) => void,
): () => void {
  let position = after;
  let isReading = true;
  let hasNews = false;
  const send = (fact: AnyFact): void => {
    if (fact.tenantId !== scope.tenantId || fact.position <= position!) return;
    position = fact.position;
    writer.event(fact.type, fact.position, { ...fact, at: new Date(fact.at).toISOString() });
    onFact(fact);
  };
  const readOn = async (): Promise<void> => {
    do {
      hasNews = false;
      if (!(await writer.drained())) return writer.cut();
      const facts = await kernel.facts.readAfter(position!, { tenantId: scope.tenantId, limit: PAGE });
      for (const fact of facts) send(fact);
      // A commit since this read told the listener below, which left its word here.
      hasNews ||= facts.length === PAGE;
    } while (hasNews && !writer.isClosed);
    isReading = false;
  };
  const begin = async (): Promise<void> => {
    const { oldest, newest } = await kernel.facts.range();
    writer.comment("connected");
    if (position === undefined) position = newest;
    else if (position < oldest - 1 || position > newest) {
      writer.event("reset", newest, { reason: "the cursor is older than what is kept; read the lists again" });
      position = newest;
    }
    await readOn();
  };
  const guarded = (work: () => Promise<void>): void => {
    work().catch((error: unknown) => {
      kernel.log.error("events.failed", { error: String(error) });
      writer.cut();
    });
  };
  const unsubscribe = kernel.facts.subscribe((facts) => {
    if (!isReading && writer.hasRoom(facts.length)) return facts.forEach(send);
    hasNews = true;
    if (isReading) return;
    isReading = true;
    guarded(readOn);
  });
  // Not kept anywhere: who lags behind reads the stored state instead.
  const unsubscribeLive = kernel.live.subscribe((message) => {
    if (message.tenantId !== scope.tenantId || isReading || !writer.hasRoom(1)) return;
    writer.event(message.type, undefined, { type: message.type, deviceId: message.deviceId, data: message.data });
  });
  guarded(begin);
  return () => {
    unsubscribe();
    unsubscribeLive();
  };
}
