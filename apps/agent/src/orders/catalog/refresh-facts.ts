import type { FactsReporter } from "../../facts/report-facts.ts";
import type { OrderRunner } from "../order-outcome.ts";

/** Reads the facts anew and sends them, changed or not. */
export function refreshFacts(facts: FactsReporter): OrderRunner {
  return async () => ({ state: "succeeded", data: await facts.refresh() });
}
