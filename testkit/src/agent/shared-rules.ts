import { type BlockRule, type CompiledRules, compileRules } from "@pomona/rules";

const KEPT = 16;
const compiled = new Map<string, CompiledRules>();

/** Rules compiled once for all Macs of the process that have the same ones. */
export function sharedRules(rules: readonly BlockRule[]): CompiledRules {
  const key = JSON.stringify(rules);
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const fresh = compileRules(rules);
  compiled.set(key, fresh);
  const oldest = compiled.keys().next().value;
  if (compiled.size > KEPT && oldest !== undefined) compiled.delete(oldest);
  return fresh;
}
