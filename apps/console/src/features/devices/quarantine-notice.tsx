import { releaseDevice } from "@pomona/contract";
import { useNavigate } from "@tanstack/react-router";
import { ActionButton } from "../../kit/action-button.tsx";
import { Notice } from "../../kit/notice.tsx";

/** Why the Mac is held, and the way out, which says first what its release lets go. */
export const QuarantineNotice = ({ deviceId, reason }: { deviceId: string; reason: string }) => {
  const navigate = useNavigate();
  return (
    <Notice
      tone="act"
      title="In quarantine: orders and commands are held"
      action={
        <ActionButton
          action={releaseDevice}
          onClick={() => void navigate({ to: "/certificates/quarantine", search: { release: deviceId } as never })}
        >
          Release
        </ActionButton>
      }
    >
      {reason}
    </Notice>
  );
};
