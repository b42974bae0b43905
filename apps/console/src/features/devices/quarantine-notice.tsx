import { releaseDevice, showDevice } from "@pomona/contract";
import { Link } from "@tanstack/react-router";
import { usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { Notice } from "../../kit/notice.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";

/** Why the Mac is held, and the way out. */
export const QuarantineNotice = ({ deviceId, reason }: { deviceId: string; reason: string }) => {
  const release = usePerform(releaseDevice, [showDevice]);
  return (
    <>
      <Notice
        tone="act"
        title="In quarantine: orders and commands are held"
        action={
          <ActionButton action={releaseDevice} loading={release.isPending} onClick={() => release.mutate({ deviceId })}>
            Release
          </ActionButton>
        }
      >
        {reason}{" "}
        <Link to="/certificates/quarantine" search={{ release: deviceId } as never}>
          What to do first
        </Link>
      </Notice>
      {release.error !== null && <ProblemPanel problem={release.error} />}
    </>
  );
};
