import { showRecovery } from "@pomona/contract";
import { Link } from "@tanstack/react-router";
import { useAction } from "../../client/use-action.ts";
import { Notice } from "../../kit/notice.tsx";

/** Before the first Mac entrusts its secrets to this server: whether anybody proved that they would survive it. Blocks nothing. */
export const RecoveryNotice = () => {
  const { data } = useAction(showRecovery, {});
  const state = data?.summary.state;
  if (state !== "neverExported" && state !== "neverTested") return null;
  return (
    <Notice
      tone="attention"
      title={state === "neverExported" ? "No recovery bundle was ever made" : "The recovery bundle was never tested"}
      action={<Link to="/escrow">Escrow</Link>}
    >
      Macs can enroll. Until a drill has passed, nobody knows whether what they entrust to this server would survive it.
    </Notice>
  );
};
