import { MultiSelect } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { listDevices } from "@pomona/contract";
import { useRef, useState } from "react";
import { useAction } from "../../client/use-action.ts";

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
  const found = useAction(listDevices, { ...(asked === "" ? {} : { q: asked }), limit: 50 });
  for (const device of found.data?.items ?? [])
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
