import { useDebouncedValue } from "@mantine/hooks";
import { Spotlight, type SpotlightActionData, type SpotlightActionGroupData } from "@mantine/spotlight";
import { listDevices } from "@pomona/contract";
import { IconDeviceLaptop, IconSearch } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useState } from "react";
import { useAction } from "../client/use-action.ts";
import { places } from "./places.ts";
import { openShortcutMap } from "./shortcut-map.tsx";

const matches = (query: string, ...texts: string[]): boolean => {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return words.every((word) => texts.some((text) => text.toLowerCase().includes(word)));
};

/** Answers that come late are not selected yet: Enter then means the first. */
const openFirst = (event: KeyboardEvent<HTMLInputElement>): void => {
  const list = event.currentTarget.closest("[role='dialog']");
  if (event.key !== "Enter" || event.nativeEvent.isComposing || list?.querySelector("[data-selected]") !== null) return;
  list.querySelector<HTMLElement>("[data-action]")?.click();
};

/** Ctrl/Cmd K: any page, any Mac by name or serial number, what can be begun. */
export const CommandPalette = () => {
  const navigate = useNavigate();
  const [query, setQuery] = useState("");
  const [asked] = useDebouncedValue(query.trim(), 120);
  const found = useAction(listDevices, { q: asked, limit: 8 }, { enabled: asked.length > 0 });
  const go = (to: string) => () => void navigate({ to });
  const pages: SpotlightActionData[] = places
    .flatMap((place) => [place, ...(place.below ?? []).map((below) => ({ ...below, icon: place.icon }))])
    .filter((place) => matches(query, place.title))
    .map((place) => ({
      id: place.to,
      label: place.title,
      leftSection: <place.icon size={16} stroke={1.6} aria-hidden />,
      onClick: go(place.to),
    }));
  const devices: SpotlightActionData[] =
    asked === "" || query.trim() === ""
      ? []
      : (found.data?.items ?? []).map((device) => ({
          id: device.id,
          label: device.name,
          description: [device.serialNumber, device.model, device.agent.online ? "Online" : "Offline"]
            .filter(Boolean)
            .join(" · "),
          leftSection: <IconDeviceLaptop size={16} stroke={1.6} aria-hidden />,
          onClick: go(`/devices/${device.id}`),
        }));
  const begin: SpotlightActionData[] = [
    { id: "keyboard", label: "Show the keyboard map", onClick: openShortcutMap },
  ].filter((action) => matches(query, action.label));
  const actions: SpotlightActionGroupData[] = [
    { group: "Macs", actions: devices },
    { group: "Pages", actions: pages },
    { group: "Help", actions: begin },
  ].filter((group) => group.actions.length > 0);
  return (
    <Spotlight
      actions={actions}
      // The lists above are already what was asked for.
      filter={(_, all) => all}
      query={query}
      onQueryChange={setQuery}
      shortcut={["mod + K"]}
      triggerOnContentEditable
      tagsToIgnore={[]}
      scrollable
      maxHeight={420}
      nothingFound={found.isFetching ? "Searching" : `Nothing is called “${query}”`}
      searchProps={{
        leftSection: <IconSearch size={16} aria-hidden />,
        placeholder: "Search Macs, pages, actions",
        "aria-label": "Search Macs, pages, actions",
        onKeyDown: openFirst,
      }}
    />
  );
};
