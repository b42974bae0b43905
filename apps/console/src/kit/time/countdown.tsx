import { useEffect, useState } from "react";
import { duration } from "./format-duration.ts";

interface CountdownProps {
  /** RFC 3339. */
  until: string;
  /** What stands there when the time has come and the server has not said so yet. */
  over: string;
}

/** The time that is left, every second; it is not read out by itself, because each second would be. */
export const Countdown = ({ until, over }: CountdownProps) => {
  const end = Date.parse(until);
  const [now, setNow] = useState(Date.now);
  const isOver = now >= end;
  useEffect(() => {
    if (isOver) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [isOver]);
  return (
    <span role="timer" className="tabular">
      {isOver ? over : duration(Math.ceil((end - now) / 1000) * 1000)}
    </span>
  );
};
