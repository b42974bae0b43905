/** A duration in ms to the useful digit: `0.8 ms`, `3.1 ms`, `240 ms`, `1.4 s`, `2 min 5 s`, `3 h 20 min`, `12 days`. */
export const duration = (ms: number): string => {
  if (ms < 0) return `−${duration(-ms)}`;
  if (ms < 1) return `${Number(ms.toFixed(2))} ms`;
  if (ms < 1000) return `${ms < 10 ? Number(ms.toFixed(1)) : Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${Number(seconds.toPrecision(seconds < 10 ? 2 : 3))} s`;
  const whole = Math.floor(seconds);
  if (whole < 3600) return whole % 60 === 0 ? `${whole / 60} min` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 86_400) {
    const minutes = Math.floor((whole % 3600) / 60);
    return minutes === 0 ? `${Math.floor(whole / 3600)} h` : `${Math.floor(whole / 3600)} h ${minutes} min`;
  }
  const days = Math.floor(whole / 86_400);
  return `${days} ${days === 1 ? "day" : "days"}`;
};

const SIZES = ["bytes", "kB", "MB", "GB", "TB"] as const;

/** `512 GB`, as macOS counts: powers of 1000, to three digits. */
export const byteSize = (bytes: number): string => {
  const power = bytes < 1000 ? 0 : Math.min(SIZES.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${Number((bytes / 1000 ** power).toPrecision(3))} ${SIZES[power]}`;
};

/** Memory as its makers sell it: powers of 1024, called GB. */
export const memorySize = (bytes: number): string => `${Number((bytes / 1024 ** 3).toPrecision(3))} GB`;
