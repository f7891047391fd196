import { type ErrnoCode, VfsError } from "../fs/mod.ts";
import { cannot, CommandError } from "./command_error.ts";

type Meanings = Partial<Record<ErrnoCode, string>>;

/** What can be done about a mount. */
export type MountAction = "mount at" | "serve the mount at" | "unmount";

/** What an errno means here, where its usual words say too little. */
const MEANINGS: Readonly<Record<MountAction, Meanings>> = {
  "mount at": {
    EBUSY: "a mount is there already",
    ENOENT: "the directory does not exist",
    EDEADLK: "it is inside of the directory that is served, which would wait for itself",
  },
  "serve the mount at": {},
  unmount: {
    EBUSY: "it is in use; with -f it is taken away from those who use it",
    ENOENT: "there is no such directory",
    EINVAL: "no mount of vfs-server is there",
  },
};

const DEVICE: Meanings = {
  ENOENT:
    "there is no /dev/fuse: load the module (modprobe fuse), or give the container the device",
  EACCES: "/dev/fuse may not be opened: be root, or use --via fusermount",
  EPERM: "/dev/fuse may not be opened: give the container the device and CAP_SYS_ADMIN",
};

/**
 * Says why something could not be mounted or unmounted, and what helps.
 *
 * @param action What was tried.
 * @param mountPoint Where.
 * @param thrown The error.
 */
export function mountFailure(
  action: MountAction,
  mountPoint: string,
  thrown: unknown,
): CommandError {
  const tried = `${action} ${mountPoint}`;
  if (!(thrown instanceof VfsError)) return cannot(tried, thrown);
  const { code, message } = thrown;
  const detail = detailOf(message);
  const meaning = detail.includes("/dev/fuse") ? DEVICE[code] : MEANINGS[action][code];
  const why = meaning ?? (detail.includes(" ") ? detail : undefined);
  if (why === undefined) return cannot(tried, thrown);
  return new CommandError(`Cannot ${tried}: ${why} (${code})`, { cause: thrown });
}

/** The end of the message of an error, behind the words of its errno. */
function detailOf(message: string): string {
  const [, , ...rest] = message.split(": ");
  return rest.join(": ");
}
