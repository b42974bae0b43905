import { MultiSelect } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { listDevices, showDevice } from "@pomona/contract";
import { useQueries } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { call } from "../../client/call.ts";
import { useSession } from "../../client/session.tsx";
import { actionKey, useAction } from "../../client/use-action.ts";

interface DeviceChoiceProps {
  chosen: readonly string[];
  fault: string | undefined;
  onChange: (deviceIds: readonly string[]) => void;
}

/** Macs by name or serial number; those once seen keep their names while others are searched. */
export const DeviceChoice = ({ chosen, fault, onChange }: DeviceChoiceProps) => {
  const [words, setWords] = useState("");
  const [asked] = useDebouncedValue(words.trim(), 150);
  const names = useRef(new Map<string, string>());
  const tenantId = useSession().tenant.id;
  const found = useAction(listDevices, { ...(asked === "" ? {} : { q: asked }), limit: 50 });
  // Those that an address names need not be among the first of the list.
  const named = useQueries({
    queries: chosen
      .filter((id) => found.data !== undefined && !names.current.has(id))
      .map((deviceId) => ({
        queryKey: actionKey(showDevice, tenantId, { deviceId }),
        queryFn: () => call(showDevice, { deviceId }, { tenantId }),
      })),
  }).flatMap(({ data }) => data ?? []);
  for (const device of [...(found.data?.items ?? []), ...named])
    names.current.set(
      device.id,
      device.serialNumber === null ? device.name : `${device.name} (${device.serialNumber})`,
    );
  const options = new Set([...(found.data?.items ?? []).map((device) => device.id), ...chosen]);
  return (
    <MultiSelect
      mt={12}
      label="Macs"
      placeholder={chosen.length === 0 ? "Name or serial number" : ""}
      searchable
      searchValue={words}
      onSearchChange={setWords}
      data={[...options].map((id) => ({ value: id, label: names.current.get(id) ?? id }))}
      // The server has searched already; a second filter here would hide what it found by model.
      filter={({ options: all }) => all}
      value={[...chosen]}
      error={fault}
      nothingFoundMessage={found.isFetching ? "Searching" : "No Mac matches"}
      onChange={onChange}
      maxDropdownHeight={280}
    />
  );
};
