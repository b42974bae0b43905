/** Runs `work` while this process holds `file`; says `waiting` once on standard error when another one holds it. */
export function alone<T>(file: string, waiting: string, work: () => Promise<T>): Promise<T>;
