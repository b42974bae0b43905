import { Countdown } from "../../kit/time/countdown.tsx";

/** How long something can still be taken back before it leaves. */
export const UndoWindow = ({ until }: { until: string }) => (
  <>
    sent in <Countdown until={until} over="a moment" />; until then it can be taken back
  </>
);
