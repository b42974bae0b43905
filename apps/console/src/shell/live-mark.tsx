import { useLiveState } from "../client/live/live-provider.tsx";
import { State } from "../kit/state-badge.tsx";
import { duration } from "../kit/time/format-duration.ts";
import { clampToNow, useNow } from "../kit/time/use-now.ts";

/** Quiet while live; in plain words, with the age of what is shown, while not. */
export const LiveMark = () => {
  const live = useLiveState();
  const now = useNow();
  const ageMs = Math.max(0, clampToNow(live.since, now) - live.since);
  return (
    <span role="status" style={{ fontSize: 13 }}>
      {live.state === "live" && <State tone="good" word="Live" why="Changes on your Macs appear here by themselves." />}
      {live.state === "connecting" && (
        <State tone="unknown" word="Connecting" why="Changes will appear by themselves in a moment." />
      )}
      {live.state === "lost" && (
        <State
          filled
          tone="attention"
          word={
            ageMs < 5000
              ? "Connection lost, trying again"
              : `Not live: as of ${duration(Math.floor(ageMs / 5000) * 5000)} ago`
          }
          why="The connection to Pomona is gone. What you see stays as it was then; it is tried again by itself."
        />
      )}
    </span>
  );
};
