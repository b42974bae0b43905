import type { Application } from "@pomona/contract";

/** An application as one row, whoever reported it: MDM knows the size, the agent the path. */
export interface MergedApplication extends Omit<Application, "source"> {
  readonly sources: readonly Application["source"][];
}

/** Joins what MDM and the agent say of the same version; a second copy at another path stays a row of its own. */
export const mergeApplications = (applications: readonly Application[]): readonly MergedApplication[] => {
  const merged: MergedApplication[] = [];
  const open = new Map<string, number>();
  for (const { source, ...application } of applications) {
    const key = `${application.bundleId} ${application.version}`;
    const place = open.get(key);
    const other = place === undefined ? undefined : merged[place];
    const joins =
      other !== undefined &&
      !other.sources.includes(source) &&
      (other.path === null || application.path === null || other.path === application.path);
    if (place === undefined || !joins) {
      if (place === undefined) open.set(key, merged.length);
      merged.push({ ...application, sources: [source] });
      continue;
    }
    merged[place] = {
      ...other,
      path: other.path ?? application.path,
      sizeBytes: other.sizeBytes ?? application.sizeBytes,
      sources: [...other.sources, source].toSorted(),
    };
  }
  return merged;
};
