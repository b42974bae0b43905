import { Radio, Stack } from "@mantine/core";
import { showFleet } from "@pomona/contract";
import { useAction } from "../../client/use-action.ts";
import { counted } from "../../kit/count-words.ts";
import { FilterBar } from "../../kit/table/filter-bar.tsx";
import { useSetSearch, useUrlSearch } from "../../kit/url.ts";
import { deviceFilterFields, deviceQuestion } from "../devices/device-filters.ts";
import { DeviceChoice } from "../protection/device-choice.tsx";
import { devicesInAddress, type TargetKind, targetKind } from "./batch-target.ts";

/** Which Macs: by name, by a filter, or all of them; it stands in the address. */
export const TargetFields = () => {
  const search = useUrlSearch();
  const setSearch = useSetSearch();
  const fleet = useAction(showFleet, {}).data;
  const question = deviceQuestion(search);
  const kind = targetKind(search);
  return (
    <Stack gap={12}>
      <Radio.Group aria-label="Which Macs" value={kind} onChange={(who) => setSearch({ who: who as TargetKind })}>
        <Stack gap={8}>
          <Radio value="named" label="Those that I name" />
          <Radio value="filter" label="Those that match a filter now" />
          <Radio
            value="all"
            label={
              fleet === undefined ? "All Macs of this tenant" : `All of this tenant: ${counted(fleet.devices, "Mac")}`
            }
          />
        </Stack>
      </Radio.Group>
      {kind === "named" && (
        <DeviceChoice
          chosen={devicesInAddress(search)}
          fault={undefined}
          onChange={(ids) => setSearch({ who: "named", devices: ids.join(",") || undefined })}
        />
      )}
      {kind === "filter" && (
        <FilterBar
          placeholder="Search name, serial number, model"
          words={search["q"] ?? ""}
          fields={deviceFilterFields(fleet)}
          filters={{ agent: question.agent, mdm: question.mdm, os: question.osVersion, model: question.model }}
          onChange={({ words, filters }) =>
            setSearch({ who: "filter", ...(words === undefined ? {} : { q: words || undefined }), ...filters })
          }
        />
      )}
    </Stack>
  );
};
