import type { Disk } from "../../model/mac-model.ts";
import { printing, type Tool } from "../tool.ts";

/** `df -kP`: POSIX columns, blocks of 1024 bytes. */
export const df: Tool = printing(({ disks }) => {
  const rows = [row("Filesystem", "1024-blocks", "Used", "Available", "Capacity", "Mounted on")];
  for (const disk of disks) {
    rows.push(blocks(disk, disk.device, disk.mountPoint));
    if (disk.mountPoint === "/") {
      rows.push(row("devfs", "209", "209", "0", "100%", "/dev"));
      rows.push(blocks(disk, disk.device.replace(/s1s1$/, "s5"), "/System/Volumes/Data"));
    }
  }
  return rows.join("");
});

const row = (device: string, size: string, used: string, free: string, share: string, mountPoint: string): string =>
  `${device.padEnd(16)} ${size.padStart(11)} ${used.padStart(9)} ${free.padStart(9)} ${share.padStart(8)}  ${mountPoint}\n`;

function blocks(disk: Disk, device: string, mountPoint: string): string {
  const size = Math.floor(disk.sizeBytes / 1024);
  const free = Math.floor(disk.freeBytes / 1024);
  const share = Math.ceil(((size - free) / size) * 100);
  return row(device, String(size), String(size - free), String(free), `${share}%`, mountPoint);
}

/** `ifconfig` without arguments. */
export const ifconfig: Tool = printing(({ network }) => {
  const loopback =
    "lo0: flags=8049<UP,LOOPBACK,RUNNING,MULTICAST> mtu 16384\n\tinet 127.0.0.1 netmask 0xff000000\n\tinet6 ::1 prefixlen 128\n";
  const cards = network.map(
    (card) =>
      `${card.name}: flags=8863<UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST> mtu 1500\n` +
      "\toptions=6460<TSO4,TSO6,CHANNEL_IO,PARTIAL_CSUM,ZEROINVERT_CSUM>\n" +
      `\tether ${card.mac}\n` +
      `\tinet6 ${card.ipv6}%${card.name} prefixlen 64 secured scopeid 0xb\n` +
      `\tinet ${card.ipv4} netmask 0xffffff00 broadcast ${card.ipv4.replace(/\d+$/, "255")}\n` +
      "\tstatus: active\n",
  );
  return loopback + cards.join("");
});
