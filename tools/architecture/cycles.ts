/** Import cycles as paths that end where they begin; type-only edges count, because a reader follows them too. */
export function findCycles(graph: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  for (const start of graph.keys()) {
    if (!done.has(start)) walk(graph, start, done, cycles);
  }
  return cycles;
}

/** Depth first without recursion: a chain of imports may be longer than the stack. */
function walk(
  graph: ReadonlyMap<string, readonly string[]>,
  start: string,
  done: Set<string>,
  cycles: string[][],
): void {
  const trail: { readonly file: string; next: number }[] = [{ file: start, next: 0 }];
  const onTrail = new Set([start]);
  for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
    const to = graph.get(top.file)?.[top.next];
    top.next += 1;
    if (to === undefined) {
      done.add(top.file);
      onTrail.delete(top.file);
      trail.pop();
    } else if (onTrail.has(to)) {
      const names = trail.map((step) => step.file);
      cycles.push([...names.slice(names.indexOf(to)), to]);
    } else if (!done.has(to) && graph.has(to)) {
      onTrail.add(to);
      trail.push({ file: to, next: 0 });
    }
  }
}
