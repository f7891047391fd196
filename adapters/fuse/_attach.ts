import { openSync } from "node:fs";
import process from "node:process";
import { toVfsError, VfsError } from "../../src/fs/mod.ts";
import { adopt, attachByHelper } from "./_attach_by_helper.ts";
import { runCommand } from "./_command.ts";
import { type DeviceIo, deviceIo } from "./_device_io.ts";
import { bindFfi } from "./_ffi.ts";
import type { MountOptions } from "./options.ts";

/** The options of the mount, as the helpers take them. */
export function mountFlags(options: MountOptions, readonly: boolean): string[] {
  const flags = [
    readonly ? "ro" : "rw",
    options.dev === true ? "dev" : "nodev",
    options.suid === true ? "suid" : "nosuid",
    options.exec === false ? "noexec" : "exec",
  ];
  if (options.defaultPermissions !== false) flags.push("default_permissions");
  if (options.allowOther === true) flags.push("allow_other");
  return flags;
}

/** What a mount is called. @throws {TypeError} For a name that the helpers would misread. */
export function mountName(options: MountOptions): string {
  const name = options.name ?? "vfs-server";
  if (/^[\w/][\w.:/@+-]{0,199}$/.test(name)) return name;
  throw new TypeError(`Cannot name a mount ${JSON.stringify(name)}`);
}

/**
 * Opens the device and mounts it with `mount(8)`, which gets it as its descriptor 3.
 *
 * @returns The device.
 * @throws {VfsError} ENOENT or EACCES if there is no device to open, EPERM if mounting fails.
 */
export async function attachByMount(
  mountPoint: string,
  options: MountOptions,
  readonly: boolean,
): Promise<DeviceIo> {
  const flags = [
    "fd=3",
    "rootmode=40000",
    `user_id=${process.getuid?.() ?? 0}`,
    `group_id=${process.getgid?.() ?? 0}`,
    ...mountFlags(options, readonly),
  ].join(",");
  const args = ["-i", "-t", "fuse.vfs", "-o", flags, mountName(options), mountPoint];
  let device: DeviceIo;
  try {
    device = deviceIo(openSync("/dev/fuse", "r+"), bindFfi(), false);
  } catch (error) {
    throw new VfsError(toVfsError(error).code, "/dev/fuse", { cause: error });
  }
  const { code, message } = await runCommand("mount", args, device.fd);
  if (code === 0) return device;
  device.close();
  // The first line says it, after the program's and the place's name; the others give advice.
  const reason = message.split("\n")[0]!.replace(/^mount: /, "");
  throw new VfsError("EPERM", reason.startsWith(mountPoint) ? reason : `${mountPoint}: ${reason}`);
}

/** Gets the device and mounts it, by the way that was asked for or the first that can work. */
export async function attach(
  mountPoint: string,
  options: MountOptions,
  readonly: boolean,
): Promise<DeviceIo> {
  const { via } = options;
  if (typeof via === "number") return adopt(via);
  if (via === "mount") return await attachByMount(mountPoint, options, readonly);
  if (via === "fusermount" || process.getuid?.() !== 0) {
    return await attachByHelper(mountPoint, mountFlags(options, readonly), mountName(options));
  }
  return await attachByMount(mountPoint, options, readonly);
}
