import { Tooltip } from "@mantine/core";
import { absoluteTime, relativeTime, shortTime } from "./format-time.ts";
import { clampToNow, useNow } from "./use-now.ts";

interface WhenProps {
  /** RFC 3339, or null for what never happened. */
  at: string | null;
  /** What stands there when it never happened. */
  never?: string;
  /** A clock time instead of an age: for lists that are read as a log. */
  clock?: boolean;
}

/** A time: its age, and on hover and in copies the absolute time with its zone. */
export const When = ({ at, never = "never", clock = false }: WhenProps) => {
  const now = useNow();
  if (at === null) return <span data-dimmed>{never}</span>;
  const ms = Date.parse(at);
  if (Number.isNaN(ms)) return <span>{at}</span>;
  return (
    <Tooltip label={absoluteTime(ms)} openDelay={200}>
      <time dateTime={at} style={{ whiteSpace: "nowrap" }}>
        {clock ? shortTime(ms, now) : relativeTime(ms, clampToNow(ms, now))}
      </time>
    </Tooltip>
  );
};
