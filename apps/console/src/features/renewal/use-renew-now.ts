import { listIdentities, listRenewals, renewDevice } from "@pomona/contract";
import { usePerform } from "../../client/use-action.ts";
import { toast } from "../../kit/toasts.ts";

/** Renews a Mac's identity, and says what that waits for. */
export const useRenewNow = () => {
  const renew = usePerform(renewDevice, [listRenewals, listIdentities]);
  const renewNow = (deviceId: string) =>
    renew.mutate(
      { deviceId },
      {
        onSuccess: ({ deviceName, reason }) =>
          toast({ tone: "progress", title: `${deviceName}: a new identity is on its way`, text: reason }),
        onError: (problem) => toast({ tone: "act", title: problem.title, text: problem.message }),
      },
    );
  return { renewNow, isPending: renew.isPending };
};
