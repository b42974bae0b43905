import { Button, Menu } from "@mantine/core";
import { IconCheck, IconSelector } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useSession } from "../client/session.tsx";
import styles from "./tenant-switcher.module.css";

/** Whose Macs are shown; a menu where the person works for several. */
export const TenantSwitcher = () => {
  const { tenant, tenants } = useSession();
  const navigate = useNavigate();
  if (tenants.length < 2) return <span className={styles.only}>{tenant.name}</span>;
  return (
    <Menu position="bottom-start" width={260}>
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          className={styles.target}
          aria-label={`Tenant ${tenant.name}. Change tenant`}
          rightSection={<IconSelector size={14} aria-hidden />}
        >
          <bdi className={styles.name}>{tenant.name}</bdi>
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={480} style={{ overflow: "auto" }}>
        <Menu.Label>Tenants</Menu.Label>
        {tenants.map((each) => (
          <Menu.Item
            key={each.id}
            rightSection={each.id === tenant.id ? <IconCheck size={14} aria-label="shown now" /> : null}
            // A page of one tenant's thing has no meaning in the other: the lists do.
            onClick={() => void navigate({ to: "/", search: { tenant: each.id } as never })}
          >
            <bdi>{each.name}</bdi>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
};
