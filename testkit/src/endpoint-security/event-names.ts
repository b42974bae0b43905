const always =
  "access chdir chroot clone close copyfile create cs_invalidated deleteextattr dup exchangedata exec exit fcntl " +
  "file_provider_materialize file_provider_update fork fsgetpath get_task get_task_inspect get_task_name get_task_read getattrlist " +
  "getextattr iokit_open kextload kextunload link listextattr lookup mmap mount mprotect open proc_check proc_suspend_resume " +
  "pty_close pty_grant readdir readlink remote_thread_create remount rename searchfs setacl setattrlist setegid seteuid setextattr " +
  "setflags setgid setmode setowner setregid setreuid settime setuid signal stat trace truncate uipc_bind uipc_connect unlink " +
  "unmount utimes write authentication xp_malware_detected xp_malware_remediated lw_session_login lw_session_logout " +
  "lw_session_lock lw_session_unlock screensharing_attach screensharing_detach openssh_login openssh_logout login_login " +
  "login_logout btm_launch_item_add btm_launch_item_remove profile_add profile_remove su sudo authorization_petition " +
  "authorization_judgement od_group_add od_group_remove od_group_set od_modify_password od_disable_user od_enable_user " +
  "od_attribute_value_add od_attribute_value_remove od_attribute_set od_create_user od_create_group od_delete_user od_delete_group " +
  "xpc_connect gatekeeper_user_override";

/** What `eslogger --list-events` names: macOS 26 (messages of version 10) has `tcc_modify` beside the rest. */
export const esEventNames = (version: 9 | 10): readonly string[] =>
  (version === 10 ? `${always} tcc_modify` : always).split(" ").toSorted();
