import { UnstyledButton } from "@mantine/core";
import { spotlight } from "@mantine/spotlight";
import { IconSearch } from "@tabler/icons-react";
import { LiveMark } from "./live-mark.tsx";
import { PersonMenu } from "./person-menu.tsx";
import { TenantSwitcher } from "./tenant-switcher.tsx";
import styles from "./top-bar.module.css";

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** Tenant, search, how the live connection stands, and the person. */
export const TopBar = () => (
  <header className={styles.bar}>
    <TenantSwitcher />
    <UnstyledButton className={styles.search} onClick={spotlight.open}>
      <IconSearch size={14} aria-hidden />
      <span className={styles.hint}>Search Macs, pages, actions</span>
      <kbd className={styles.kbd}>{isMac ? "⌘K" : "Ctrl K"}</kbd>
    </UnstyledButton>
    <div className={styles.right}>
      <LiveMark />
      <PersonMenu />
    </div>
  </header>
);
