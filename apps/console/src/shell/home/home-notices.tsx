import { listHeld, listRefusals, listReinstalls, showLimits } from "@pomona/contract";
import { Link } from "@tanstack/react-router";
import { useAction } from "../../client/use-action.ts";
import { LIMIT_RISKS, LIMIT_TITLES } from "../../features/access/limit-words.ts";
import { heldSentence, heldTotal } from "../../features/commands/held-words.ts";
import { macsOf, recentReplays } from "../../features/enrollment/refusal-words.ts";
import { counted } from "../../kit/count-words.ts";
import { Notice } from "../../kit/notice.tsx";
import { useNow } from "../../kit/time/use-now.ts";
import { When } from "../../kit/time/when.tsx";

/** What waits for a person, or what everybody should know of, before the numbers. */
export const HomeNotices = () => {
  const held = useAction(listHeld, { limit: 1 }).data;
  const limits = useAction(showLimits, {}).data;
  const silent = useAction(listReinstalls, { state: "gaveUp", limit: 100 }).data;
  const refused = useAction(listRefusals, { reason: "replay", limit: 200 }).data?.items ?? [];
  const replays = recentReplays(refused, useNow());
  const [latest] = replays;
  const macs = macsOf(replays);
  return (
    <>
      {latest !== undefined && (
        <Notice
          tone="act"
          title={`Recorded messages${macs === 0 ? "" : ` of ${counted(macs, "Mac")}`} were played back, and refused`}
          action={
            <Link to="/enrollment/refused" search={{ reason: "replay" } as never}>
              See them
            </Link>
          }
        >
          Nothing was changed. The last came <When at={latest.lastAt} />
          {latest.address === null ? "" : ` from ${latest.address}`}. Somebody may be able to read these Macs' traffic;
          a Mac whose clock was put back looks the same until it answers its next command.
        </Notice>
      )}
      {held !== undefined && heldTotal(held) > 0 && (
        <Notice
          tone="attention"
          title={`Held after a restored backup: ${heldSentence(held)}`}
          action={<Link to="/commands/held">Decide</Link>}
        >
          No Mac gets any of it until somebody releases or discards it.
        </Notice>
      )}
      {limits !== undefined &&
        LIMIT_RISKS.map((risk) => {
          const { pending } = limits.limits[risk];
          return pending === null ? null : (
            <Notice
              key={risk}
              tone="attention"
              title={`Looser limits are coming: ${LIMIT_TITLES[risk].toLowerCase()}`}
              action={<Link to="/settings/limits">See them</Link>}
            >
              They count <When at={pending.effectiveAt} />. If you do not know why, set them back: what is tighter
              counts at once.
            </Notice>
          );
        })}
      {silent !== undefined && silent.items.length > 0 && (
        <Notice
          tone="attention"
          title={`The agent of ${counted(silent.items.length, "Mac")}${silent.nextCursor === null ? "" : " and more"} was installed again and never came`}
          action={
            <Link to="/commands/silent-agents" search={{ state: "gaveUp" } as never}>
              See which
            </Link>
          }
        >
          Nothing more is tried by itself. Someone has to look at these Macs.
        </Notice>
      )}
    </>
  );
};
