import { listSecrets, type SecretKind } from "@pomona/contract";
import { useAction } from "../../client/use-action.ts";
import { Empty } from "../../kit/empty.tsx";
import { FactsGrid } from "../../kit/facts-grid.tsx";
import { Panel } from "../../kit/page.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { SidePanel } from "../../kit/side-panel.tsx";
import { BlockSkeleton } from "../../kit/skeletons.tsx";
import { useSetSearch, useUrlParam, useUrlSearch } from "../../kit/url.ts";
import { ClearForm, isClearable } from "./clear-form.tsx";
import { RevealForm } from "./reveal-form.tsx";
import { SecretPanel } from "./secret-panel.tsx";
import { SECRET_TITLES } from "./secret-words.ts";

const isShown = (kind: string | undefined): kind is Exclude<SecretKind, "bootstrapToken"> =>
  kind !== undefined && kind !== "bootstrapToken" && Object.hasOwn(SECRET_TITLES, kind);

/** What is kept in escrow for a Mac: each kind with its state; a value only after a reason. */
export const SecretsTab = () => {
  const deviceId = useUrlParam("deviceId");
  const { show, value, clear } = useUrlSearch();
  const setSearch = useSetSearch();
  const read = useAction(listSecrets, { deviceId });
  const close = () => setSearch({ show: undefined, value: undefined, clear: undefined });
  if (read.data === undefined)
    return read.error === null ? (
      <BlockSkeleton lines={8} />
    ) : (
      <ProblemPanel problem={read.error} retry={() => void read.refetch()} />
    );
  const possible = read.data.items.filter((secret) => secret.state !== "notPossible");
  const others = read.data.items.filter((secret) => secret.state === "notPossible");
  return (
    <>
      {possible.length === 0 && (
        <Panel>
          <Empty title="Nothing is kept for this Mac">
            Its bootstrap token arrives with the first login after enrollment, its recovery key when FileVault is on.
          </Empty>
        </Panel>
      )}
      {possible.map((secret) => (
        <SecretPanel
          key={secret.kind}
          deviceId={deviceId}
          secret={secret}
          onReveal={(secretId) => setSearch({ show: secret.kind, value: secretId, clear: undefined })}
          onClear={() => setSearch({ clear: secret.kind, show: undefined, value: undefined })}
        />
      ))}
      {others.length > 0 && (
        <Panel title="Not for this Mac">
          <FactsGrid
            rows={others.map((secret) => ({
              label: SECRET_TITLES[secret.kind],
              value: secret.advice ?? "not applicable",
            }))}
          />
        </Panel>
      )}
      {isClearable(clear) && (
        <SidePanel title={`Take off the Mac: ${SECRET_TITLES[clear]}`} onClose={close}>
          <ClearForm key={clear} deviceId={deviceId} kind={clear} onDone={close} />
        </SidePanel>
      )}
      {isShown(show) && (
        <SidePanel title={SECRET_TITLES[show]} onClose={close}>
          <RevealForm key={`${show} ${value}`} deviceId={deviceId} kind={show} secretId={value} />
        </SidePanel>
      )}
    </>
  );
};
