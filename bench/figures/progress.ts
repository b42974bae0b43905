const begunAt = performance.now();

/** One line on standard error; standard output belongs to the figures. */
export function progress(text: string): void {
  process.stderr.write(`[${((performance.now() - begunAt) / 1000).toFixed(1)} s] ${text}\n`);
}
