import { listUserChannels } from "@pomona/contract";
import { useAction } from "../../client/use-action.ts";
import { FactsGrid } from "../../kit/facts-grid.tsx";
import { Panel } from "../../kit/page.tsx";
import { When } from "../../kit/time/when.tsx";
import { userName } from "./user-name.ts";

/** Users of the Mac whom commands can be sent to. */
export const UserChannelsPanel = ({ deviceId }: { deviceId: string }) => {
  const users = useAction(listUserChannels, { deviceId }).data?.items;
  if (users === undefined) return null;
  return (
    <Panel title="Users with a channel of their own">
      {users.length === 0 ? (
        <span data-dimmed>None. One opens when a managed user logs in; commands that concern a person go there.</span>
      ) : (
        <FactsGrid
          rows={users.map((user) => ({
            label: userName(user),
            value: (
              <>
                open since <When at={user.openedAt} />, last heard of <When at={user.updatedAt} />
              </>
            ),
          }))}
        />
      )}
    </Panel>
  );
};
