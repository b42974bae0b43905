import { verifyChain } from "@pomona/contract";
import { useState } from "react";
import { useAction } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { State } from "../../kit/state-badge.tsx";

/** Checks the chain of hashes on demand, and says what was found. */
export const ChainCheck = () => {
  const [asked, setAsked] = useState(false);
  const read = useAction(verifyChain, {}, { enabled: asked });
  return (
    <>
      <span role="status">
        {read.error !== null && <State tone="act" word={read.error.title} why={read.error.message} />}
        {read.data !== undefined &&
          !read.isFetching &&
          (read.data.valid ? (
            <State
              tone="good"
              word={`All ${read.data.entries.toLocaleString("en")} entries are as written`}
              why={`Head of the chain: ${read.data.head}`}
            />
          ) : (
            <State
              tone="act"
              word={`Broken at entry ${read.data.brokenAt ?? "unknown"}`}
              why="An entry was changed or removed outside of Pomona"
            />
          ))}
      </span>
      <ActionButton
        action={verifyChain}
        loading={read.isFetching}
        onClick={() => (asked ? void read.refetch() : setAsked(true))}
      >
        Verify the chain
      </ActionButton>
    </>
  );
};
