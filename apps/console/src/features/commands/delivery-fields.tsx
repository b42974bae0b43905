import { Button, Select, Stack } from "@mantine/core";
import type { UserChannel } from "@pomona/contract";
import { useState } from "react";
import { type Delivery, EXPIRIES, LANES } from "./delivery.ts";
import { userName } from "./user-name.ts";

interface DeliveryFieldsProps {
  delivery: Delivery;
  onChange: (delivery: Delivery) => void;
  /** Users whose channel could be meant; empty where there is no choice. */
  users?: readonly UserChannel[];
}

/** To whom, how soon, and until when: folded away, because the server's choice is nearly always right. */
export const DeliveryFields = ({ delivery, onChange, users = [] }: DeliveryFieldsProps) => {
  const [isOpen, setOpen] = useState(Object.keys(delivery).length > 0);
  const { lane, expiresInSeconds, userId } = delivery;
  const change = (part: { readonly [Name in keyof Delivery]: Delivery[Name] | undefined }) => {
    const given = Object.entries({ ...delivery, ...part }).filter(([, value]) => value !== undefined);
    onChange(Object.fromEntries(given) as Delivery);
  };
  return (
    <Stack gap={16}>
      {users.length > 0 && (
        <Select
          label="Channel"
          description="What concerns one person goes to that person's channel, all else to the Mac's"
          data={[
            { value: "", label: "The Mac" },
            ...users.map((each) => ({ value: each.user, label: userName(each) })),
          ]}
          value={userId ?? ""}
          allowDeselect={false}
          onChange={(chosen) => change({ userId: chosen || undefined })}
        />
      )}
      <div>
        <Button variant="subtle" color="gray" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? "Hide" : "Show"} order and expiry
        </Button>
      </div>
      {isOpen && (
        <>
          <Select
            label="Order"
            placeholder="Destructive ones are urgent, all others normal"
            clearable
            data={LANES}
            value={lane ?? null}
            onChange={(chosen) => change({ lane: LANES.find(({ value }) => value === chosen)?.value })}
          />
          <Select
            label="Given up after"
            description="A Mac that has not answered by then no longer gets it; it is listed as a dead letter"
            placeholder="30 days"
            clearable
            data={EXPIRIES}
            value={expiresInSeconds === undefined ? null : String(expiresInSeconds)}
            onChange={(chosen) => change({ expiresInSeconds: chosen === null ? undefined : Number(chosen) })}
          />
        </>
      )}
    </Stack>
  );
};
