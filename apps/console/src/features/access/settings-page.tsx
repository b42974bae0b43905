import { Page, Panel } from "../../kit/page.tsx";
import { InviteForm } from "./invite-form.tsx";
import { NewTokenForm } from "./new-token-form.tsx";
import styles from "./settings-page.module.css";
import { SettingsTabs } from "./settings-tabs.tsx";
import { TokenList } from "./token-list.tsx";

/** People and tokens of this tenant. */
export const SettingsPage = () => (
  <Page title="Settings">
    <SettingsTabs />
    <Panel title="API tokens" flush>
      <TokenList />
    </Panel>
    <div className={styles.columns}>
      <Panel title="New API token">
        <NewTokenForm />
      </Panel>
      <Panel title="Invite a person">
        <InviteForm />
      </Panel>
    </div>
  </Page>
);
