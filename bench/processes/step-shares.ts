/** The part of the CPU profile's format that is read here (Chrome DevTools Protocol: Profiler.Profile). */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }[];
  readonly samples?: readonly number[];
}

/** A step on the way of a request, and its percentage of the time in which the process was not idle. */
export interface StepShare {
  readonly step: string;
  readonly percent: number;
}

/** The first row that fits the script of a frame names its step; a frame of no row belongs to the step that called it. */
const STEPS: readonly (readonly [RegExp, string])[] = [
  [/packages\/pki\/|adapters\/device-door\/mdm-signature/, "signature"],
  [/packages\/plist\//, "plist"],
  [/packages\/mdm\//, "mdm messages"],
  [/kysely/, "store: query building"],
  [/aedes|mqtt-packet|mqemitter|adapters\/mqtt\//, "MQTT broker"],
  [/typebox|packages\/agent-protocol\//, "message schemas"],
  [/adapters\/store\//, "store: SQLite and commit"],
  [/\.sql\.ts$/, "store: query building"],
  [/features\/|kernel\//, "features"],
  [/adapters\/device-door\//, "device door"],
  [/adapters\//, "other adapters"],
  [/node:_tls|node:internal\/tls|node:internal\/js_stream/, "TLS and sockets"],
  [/node:net|node:internal\/stream_base/, "TLS and sockets"],
  [/node:_http|node:http|node:internal\/http|node:events|node:internal\/streams/, "HTTP"],
];
const IDLE: ReadonlySet<string> = new Set(["(idle)", "(root)"]);

/** Shares of the steps, largest first. */
export function shareOut(profile: CpuProfile): readonly StepShare[] {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const stepOf = new Map<number, string | undefined>();
  const walk: (readonly [id: number, inherited: string])[] = [[profile.nodes[0]?.id ?? 0, "event loop"]];
  for (let top = walk.pop(); top !== undefined; top = walk.pop()) {
    const [id, inherited] = top;
    const node = nodes.get(id);
    if (node === undefined) continue;
    const own = ownStep(node.callFrame) ?? inherited;
    stepOf.set(id, IDLE.has(node.callFrame.functionName) ? undefined : own);
    for (const child of node.children ?? []) walk.push([child, own]);
  }
  const counts = new Map<string, number>();
  let busy = 0;
  for (const sample of profile.samples ?? []) {
    const step = stepOf.get(sample);
    if (step === undefined) continue;
    busy += 1;
    counts.set(step, (counts.get(step) ?? 0) + 1);
  }
  return [...counts]
    .map(([step, count]) => ({ step, percent: Math.round((1000 * count) / busy) / 10 }))
    .sort((a, b) => b.percent - a.percent);
}

function ownStep({ functionName, url }: { functionName: string; url: string }): string | undefined {
  if (functionName === "(garbage collector)") return "garbage collection";
  if (functionName === "(program)") return "Node's native code";
  return STEPS.find(([script]) => script.test(url))?.[1];
}
