import { type InputOf, listRenewals, renewDevices } from "@pomona/contract";
import { useMemo } from "react";
import { useActionPages } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { Empty } from "../../kit/empty.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Page } from "../../kit/page.tsx";
import { SidePanel } from "../../kit/side-panel.tsx";
import { DataTable } from "../../kit/table/data-table.tsx";
import { FilterBar } from "../../kit/table/filter-bar.tsx";
import type { FilterField } from "../../kit/table/filter-text.ts";
import { ListCard } from "../../kit/table/list-card.tsx";
import { useSetSearch, useUrlSearch } from "../../kit/url.ts";
import { CertificateTabs } from "../revocation/certificate-tabs.tsx";
import { RenewManyForm } from "./renew-many-form.tsx";
import { renewalColumns } from "./renewal-columns.tsx";
import { RENEWAL_STATES } from "./renewal-words.ts";
import { useRenewNow } from "./use-renew-now.ts";

const FIELDS: readonly FilterField[] = [
  { key: "state", title: "State", values: RENEWAL_STATES },
  { key: "stranding", title: "About to strand", values: [{ value: "only", title: "within 30 days" }] },
];

type Asked = InputOf<typeof listRenewals>;

/** Identities on their way to the next one; those that are about to strand their Mac stand first. */
export const RenewalsPage = () => {
  const { state, stranding, renew } = useUrlSearch();
  const setSearch = useSetSearch();
  const filter = useMemo<Asked>(() => {
    const known = RENEWAL_STATES.find(({ value }) => value === state)?.value;
    return {
      limit: 200,
      ...(known === undefined ? {} : { state: known }),
      ...(stranding === "only" ? { stranding } : {}),
    };
  }, [state, stranding]);
  const list = useActionPages(listRenewals, filter);
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const { renewNow } = useRenewNow();
  const columns = renewalColumns(renewNow);
  const strands = rows.filter(({ isStranding }) => isStranding).length;
  const many = (
    <ActionButton action={renewDevices} onClick={() => setSearch({ renew: "1" })}>
      Renew many
    </ActionButton>
  );
  const isFiltered = state !== undefined || stranding !== undefined;
  return (
    <Page title="Certificates" fills actions={many}>
      <CertificateTabs />
      {strands > 0 && (
        <Notice tone="act" title={`${strands === 1 ? "One Mac is" : `${strands} Macs are`} about to strand`}>
          When its identity ends a Mac can no longer be managed, and only a person at the Mac can bring it back. Most
          often it only has to be switched on and online.
        </Notice>
      )}
      <FilterBar
        fields={FIELDS}
        filters={{ state, stranding }}
        onChange={({ filters }) => filters !== undefined && setSearch(filters)}
      />
      <ListCard list={list} fills>
        <DataTable
          label="Renewals"
          fills
          columns={columns}
          rows={rows}
          idOf={(each) => each.deviceId}
          linkOf={(each) => ({ to: `/devices/${each.deviceId}/identities` })}
          questionKey={`${state} ${stranding}`}
          onEnd={() => {
            if (list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage();
          }}
          empty={
            isFiltered ? (
              <Empty title="No renewal matches">Take a filter away to see the others.</Empty>
            ) : (
              <Empty title="No identity is being renewed" action={many}>
                An identity is good for two years and is renewed by itself from half a year before its end. A Mac stands
                here from then until it has its new one, or when you renew it.
              </Empty>
            )
          }
        />
      </ListCard>
      {renew !== undefined && (
        <SidePanel title="Renew many" onClose={() => setSearch({ renew: undefined })}>
          <RenewManyForm />
        </SidePanel>
      )}
    </Page>
  );
};
