import { Radio, Stack } from "@mantine/core";
import type { Role } from "@pomona/contract";

const ROLES: readonly { value: Role; label: string; description: string }[] = [
  { value: "auditor", label: "Auditor", description: "Sees everything, changes nothing" },
  { value: "operator", label: "Operator", description: "Everything but people and tokens" },
  { value: "administrator", label: "Administrator", description: "Everything" },
];

/** The three roles with what they may do. */
export const RoleChoice = ({ role, onChange }: { role: Role; onChange: (role: Role) => void }) => (
  <Radio.Group
    label="Role"
    value={role}
    onChange={(value) => onChange(ROLES.find((each) => each.value === value)?.value ?? "auditor")}
  >
    <Stack gap={8} mt={4}>
      {ROLES.map((each) => (
        <Radio key={each.value} {...each} />
      ))}
    </Stack>
  </Radio.Group>
);
