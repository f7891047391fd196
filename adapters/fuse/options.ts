import type { FuseOptions } from "../../src/fuse/mod.ts";

/** How to mount. */
export interface MountOptions extends FuseOptions {
  /** What `/proc/mounts` and `df` call it (default `vfs-server`). */
  readonly name?: string;

  /** Whether the kernel refuses every change with EROFS (default: what the provider says). */
  readonly readonly?: boolean;

  /**
   * Whether other users than the one who mounts may use the mount (default false). Who is not root
   * needs `user_allow_other` in `/etc/fuse.conf` for it.
   */
  readonly allowOther?: boolean;

  /**
   * Whether the kernel checks permissions by the mode and the owner of files (default true).
   * Without it every user of the mount may do whatever the provider lets pass.
   */
  readonly defaultPermissions?: boolean;

  /** Whether device nodes on the mount work (default false). */
  readonly dev?: boolean;

  /** Whether set-user-id and set-group-id bits on the mount work (default false). */
  readonly suid?: boolean;

  /** Whether programs on the mount can be executed (default true). */
  readonly exec?: boolean;

  /** Whether SIGINT and SIGTERM unmount (default false). The process then ends by itself. */
  readonly signals?: boolean;

  /**
   * How the device comes about: `"mount"` opens it and runs `mount(8)`, which needs root, perhaps
   * that of a user namespace; `"fusermount"` asks the set-user-id helper `fusermount3`; a number is a
   * descriptor of the device that a parent has opened and mounted. By default the first that can
   * work.
   */
  readonly via?: "mount" | "fusermount" | number;

  /**
   * How requests are waited for. `"blocking"` is the fastest and only for modules, whose thread then
   * does nothing else; `"readiness"` is for an event loop with other things to do; `"reading"`, on
   * another thread, is what works everywhere. By default the best that can work.
   */
  readonly pump?: "blocking" | "readiness" | "reading";

  /**
   * How long `unmount` waits, in milliseconds, for those who still use the mount, before it takes it
   * away from them (default 2000).
   */
  readonly busyGrace?: number;
}

/**
 * A provider that is made in the thread that serves it.
 *
 * A mount served by a thread of its own is the fastest, and the one mount that the program itself
 * can use in any way it likes.
 */
export interface ProviderModule {
  /** The module, as an absolute URL. */
  readonly module: string | URL;
  /**
   * The export to use (default `"default"`): a provider, or a function that returns or promises one.
   */
  readonly export?: string;
  /** What the function is called with; must be such that it can be sent to a thread. */
  readonly argument?: unknown;
}
